use super::check::{error, guard, length, outputs};
use crate::{dropout, gelu};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

#[napi]
pub fn gelu(x: &[f32], tanh: bool, y: Float32ArraySlice) -> Result<()> {
    const NAME: &str = "gelu";
    length(NAME, "y", y.len(), x.len())?;
    outputs!(NAME, [y], [x]);
    guard(NAME, || gelu::forward(x, tanh, y))
}

#[napi]
pub fn gelu_grad(dy: &[f32], x: &[f32], tanh: bool, dx: Float32ArraySlice) -> Result<()> {
    const NAME: &str = "geluGrad";
    length(NAME, "dy", dy.len(), x.len())?;
    length(NAME, "dx", dx.len(), x.len())?;
    outputs!(NAME, [dx], [dy, x]);
    guard(NAME, || gelu::backward(dy, x, tanh, dx))
}

/// `y = 0` where the key's number is below the rate, `x / (1 - rate)` elsewhere.
#[napi]
pub fn dropout(x: &[f32], rate: f64, high: u32, low: u32, y: Float32ArraySlice) -> Result<()> {
    const NAME: &str = "dropout";
    if !(0.0..1.0).contains(&rate) {
        return Err(error(NAME, format!("expected a rate from 0 to below 1, got {rate}")));
    }
    length(NAME, "y", y.len(), x.len())?;
    outputs!(NAME, [y], [x]);
    guard(NAME, || dropout::dropout(x, rate as f32, (1.0 / (1.0 - rate)) as f32, (high, low), y))
}
