use super::check::{error, guard, length, outputs, size};
use crate::elementwise::{self, Adam, Moments, Operation};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// `out = a op b` with op 0 add, 1 subtract, 2 multiply, 3 divide; a or b is repeated when shorter than out.
#[napi]
pub fn binary(operation: u32, a: &[f32], b: &[f32], out: Float32ArraySlice) -> Result<()> {
    const NAME: &str = "binary";
    let operation = match operation {
        0 => Operation::Add,
        1 => Operation::Subtract,
        2 => Operation::Multiply,
        3 => Operation::Divide,
        other => return Err(error(NAME, format!("expected an operation from 0 to 3, got {other}"))),
    };
    length(NAME, "out", out.len(), a.len().max(b.len()))?;
    let shorter = a.len().min(b.len());
    if !out.is_empty() && (shorter == 0 || !out.len().is_multiple_of(shorter)) {
        let message = format!("expected one length to divide the other, got {} and {}", a.len(), b.len());
        return Err(error(NAME, message));
    }
    outputs!(NAME, [out], [a, b]);
    guard(NAME, || elementwise::binary(operation, a, b, out))
}

/// `out = x + a y`.
#[napi]
pub fn add_scaled(x: &[f32], y: &[f32], a: f64, out: Float32ArraySlice) -> Result<()> {
    const NAME: &str = "addScaled";
    length(NAME, "y", y.len(), x.len())?;
    length(NAME, "out", out.len(), x.len())?;
    outputs!(NAME, [out], [x, y]);
    guard(NAME, || elementwise::add_scaled(x, y, a as f32, out))
}

/// Adam's new moments and the update from them; `correction1` is 1 - beta1^step.
#[napi]
pub fn adam_moments(
    gradient: &[f32],
    m: &[f32],
    v: &[f32],
    update: Float32ArraySlice,
    new_m: Float32ArraySlice,
    new_v: Float32ArraySlice,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    correction1: f64,
    correction2: f64,
) -> Result<()> {
    const NAME: &str = "adamMoments";
    let n = gradient.len();
    for (name, found) in
        [("m", m.len()), ("v", v.len()), ("update", update.len()), ("newM", new_m.len()), ("newV", new_v.len())]
    {
        length(NAME, name, found, n)?;
    }
    outputs!(NAME, [update, new_m, new_v], [gradient, m, v]);
    let numbers = Adam::new(beta1, beta2, epsilon, correction1, correction2);
    guard(NAME, || elementwise::adam_moments(Moments { gradient, m, v, update, new_m, new_v }, numbers))
}

/// Copies `rows` rows of `length` elements that lie `xStride` apart in x and `outStride` in out.
#[napi]
pub fn copy_rows(
    x: &[f32],
    x_start: f64,
    x_stride: f64,
    out: Float32ArraySlice,
    out_start: f64,
    out_stride: f64,
    rows: f64,
    length: f64,
) -> Result<()> {
    const NAME: &str = "copyRows";
    let (rows, length) = (size(NAME, "rows", rows)?, size(NAME, "length", length)?);
    let from = (size(NAME, "xStart", x_start)?, size(NAME, "xStride", x_stride)?);
    let to = (size(NAME, "outStart", out_start)?, size(NAME, "outStride", out_stride)?);
    for (name, total, (start, stride)) in [("x", x.len(), from), ("out", out.len(), to)] {
        let end = (rows.saturating_sub(1)).checked_mul(stride).and_then(|v| v.checked_add(start)?.checked_add(length));
        if end.is_none_or(|end| end > total) || stride < length {
            let message =
                format!("expected rows within {name} and apart, got {rows} of {length} from {start} every {stride}");
            return Err(error(NAME, message));
        }
    }
    outputs!(NAME, [out], [x]);
    guard(NAME, || elementwise::copy_rows(x, from, out, to, rows, length))
}
