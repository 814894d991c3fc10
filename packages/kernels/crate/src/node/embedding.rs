use super::check::{count, error, guard, ids_below, length, outputs, size};
use crate::embedding::{self, Places};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// `out[i] = table[ids[i]] + positions[offset + i mod time]`. Empty positions are none.
#[napi]
pub fn embedding(
    table: &[f32],
    ids: &[i32],
    positions: &[f32],
    out: Float32ArraySlice,
    width: f64,
    time: f64,
    offset: f64,
) -> Result<()> {
    const NAME: &str = "embedding";
    let width = check_table(NAME, table.len(), ids, out.len(), width)?;
    let places = check_places(NAME, positions.len(), ids.len(), width, time, offset)?;
    outputs!(NAME, [out], [table, ids, positions]);
    guard(NAME, || embedding::gather(table, ids, places.map(|places| (positions, places)), width, out))
}

/// `table[ids[i]] += dy[i]` and `positions[offset + i mod time] += dy[i]`, from zeros. Empty positions are none.
#[napi]
pub fn embedding_grad(
    dy: &[f32],
    ids: &[i32],
    table: Float32ArraySlice,
    positions: Float32ArraySlice,
    width: f64,
    time: f64,
    offset: f64,
) -> Result<()> {
    const NAME: &str = "embeddingGrad";
    let width = check_table(NAME, table.len(), ids, dy.len(), width)?;
    let places = check_places(NAME, positions.len(), ids.len(), width, time, offset)?;
    outputs!(NAME, [table, positions], [dy, ids]);
    guard(NAME, || embedding::scatter_add(dy, ids, width, table, places.map(|places| (positions, places))))
}

fn check_table(kernel: &str, table: usize, ids: &[i32], rows: usize, width: f64) -> Result<usize> {
    let width = size(kernel, "width", width)?;
    length(kernel, "the rows", rows, count(kernel, &[ids.len(), width])?)?;
    if width == 0 {
        return length(kernel, "table", table, 0).map(|()| 0);
    }
    let vocabulary = table / width;
    length(kernel, "table", table, count(kernel, &[vocabulary, width])?)?;
    ids_below(kernel, "ids", ids, vocabulary, None)?;
    Ok(width)
}

fn check_places(
    kernel: &str,
    positions: usize,
    ids: usize,
    width: usize,
    time: f64,
    offset: f64,
) -> Result<Option<Places>> {
    let (time, offset) = (size(kernel, "time", time)?, size(kernel, "offset", offset)?);
    if positions == 0 {
        return Ok(None);
    }
    let context = positions.checked_div(width).unwrap_or(0);
    length(kernel, "positions", positions, count(kernel, &[context, width])?)?;
    if !ids.is_multiple_of(time) {
        return Err(error(kernel, format!("expected a time that divides the {ids} ids, got {time}")));
    }
    if offset.checked_add(time).is_none_or(|end| end > context) {
        let message = format!("expected places below {context}, got {time} from {offset}");
        return Err(error(kernel, message));
    }
    Ok(Some(Places { time, offset }))
}
