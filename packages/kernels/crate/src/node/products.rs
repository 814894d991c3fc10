use super::check::{count, error, guard, length, outputs, size};
use crate::product::{Operand, Product, Sizes};
use crate::reduce;
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// `c[i] = a[i] b[i] + bias`; `options` has bit 1 for a transposed, 2 for b transposed, 4 and 8 for a or b the same
/// for the whole batch. An empty bias is none.
#[napi]
pub fn product(
    a: &[f32],
    b: &[f32],
    bias: &[f32],
    c: Float32ArraySlice,
    batch: f64,
    m: f64,
    n: f64,
    k: f64,
    options: u32,
) -> Result<()> {
    const NAME: &str = "product";
    let (batch, m, n, k) = (size(NAME, "batch", batch)?, size(NAME, "m", m)?, size(NAME, "n", n)?, size(NAME, "k", k)?);
    let option = |bit: u32| options & bit != 0;
    if options > 15 {
        return Err(error(NAME, format!("expected options from 0 to 15, got {options}")));
    }
    length(NAME, "a", a.len(), count(NAME, &[if option(4) { 1 } else { batch }, m, k])?)?;
    length(NAME, "b", b.len(), count(NAME, &[if option(8) { 1 } else { batch }, k, n])?)?;
    length(NAME, "c", c.len(), count(NAME, &[batch, m, n])?)?;
    if !bias.is_empty() {
        length(NAME, "bias", bias.len(), n)?;
    }
    outputs!(NAME, [c], [a, b, bias]);
    let a = Operand { data: a, transposed: option(1), shared: option(4) };
    let b = Operand { data: b, transposed: option(2), shared: option(8) };
    let bias = (!bias.is_empty()).then_some(bias);
    guard(NAME, || Product { bias, ..Product::new(Sizes { batch, m, n, k }, a, b) }.run(c, None))
}

/// `out[j]` is the sum of column j of x, [rows, out.length].
#[napi]
pub fn sum_columns(x: &[f32], out: Float32ArraySlice, rows: f64) -> Result<()> {
    const NAME: &str = "sumColumns";
    let rows = size(NAME, "rows", rows)?;
    length(NAME, "x", x.len(), count(NAME, &[rows, out.len()])?)?;
    outputs!(NAME, [out], [x]);
    guard(NAME, || reduce::sum_columns(x, out))
}

/// `out[i]` is the sum of row i of x, [out.length, width].
#[napi]
pub fn sum_rows(x: &[f32], out: Float32ArraySlice, width: f64) -> Result<()> {
    const NAME: &str = "sumRows";
    let width = size(NAME, "width", width)?;
    length(NAME, "x", x.len(), count(NAME, &[out.len(), width])?)?;
    outputs!(NAME, [out], [x]);
    guard(NAME, || reduce::sum_rows(x, out))
}

/// The sum of all elements.
#[napi]
pub fn sum_all(x: &[f32]) -> Result<f64> {
    guard("sumAll", || reduce::sum_all(x))
}
