use super::check::{count, guard, ids_below, length, outputs, size};
use crate::embedding;
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// `out[i] = table[ids[i]]`.
#[napi]
pub fn embedding(table: &[f32], ids: &[i32], out: Float32ArraySlice, width: f64) -> Result<()> {
    const NAME: &str = "embedding";
    let width = check_table(NAME, table.len(), ids, out.len(), width)?;
    outputs!(NAME, [out], [table, ids]);
    guard(NAME, || embedding::gather(table, ids, width, out))
}

/// `table[ids[i]] += dy[i]`, from zeros.
#[napi]
pub fn embedding_grad(dy: &[f32], ids: &[i32], table: Float32ArraySlice, width: f64) -> Result<()> {
    const NAME: &str = "embeddingGrad";
    let width = check_table(NAME, table.len(), ids, dy.len(), width)?;
    outputs!(NAME, [table], [dy, ids]);
    guard(NAME, || embedding::scatter_add(dy, ids, width, table))
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
