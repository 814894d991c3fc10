use super::check::{count, error, guard, length, outputs, size};
use crate::rotary::{self, Sizes};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// Turns the first `turned` heads of each row of x, [rows, heads * headSize], by the angles of position row mod time;
/// `cos` and `sin` are [time, dims / 2].
#[napi]
pub fn rotary(
    x: &[f32],
    cos: &[f32],
    sin: &[f32],
    y: Float32ArraySlice,
    time: f64,
    width: f64,
    head_size: f64,
    turned: f64,
    dims: f64,
    interleaved: bool,
    inverse: bool,
) -> Result<()> {
    const NAME: &str = "rotary";
    let (time, width) = (size(NAME, "time", time)?, size(NAME, "width", width)?);
    let (head_size, turned) = (size(NAME, "headSize", head_size)?, size(NAME, "turned", turned)?);
    let dims = size(NAME, "dims", dims)?;
    if dims > head_size || dims % 2 != 0 {
        return Err(error(NAME, format!("expected an even dims up to {head_size}, got {dims}")));
    }
    if count(NAME, &[turned, head_size])? > width {
        return Err(error(NAME, format!("expected {turned} heads of {head_size} in {width}")));
    }
    let rows = x.len().checked_div(width).unwrap_or(0);
    length(NAME, "x", x.len(), count(NAME, &[rows, width])?)?;
    if rows > 0 && (time == 0 || rows % time != 0) {
        return Err(error(NAME, format!("expected rows of {time} positions, got {rows} rows")));
    }
    length(NAME, "y", y.len(), x.len())?;
    length(NAME, "cos", cos.len(), count(NAME, &[time, dims / 2])?)?;
    length(NAME, "sin", sin.len(), cos.len())?;
    outputs!(NAME, [y], [x, cos, sin]);
    let sizes = Sizes { rows, time, width, size: head_size, turned, dims, interleaved };
    guard(NAME, || rotary::rotary(sizes, x, cos, sin, inverse, y))
}
