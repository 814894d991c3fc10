use super::check::{count, error, guard, length, outputs, size};
use crate::swiglu::{self, Layout};
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

/// `y = silu(gate) * up`, rows of `width`. When up is empty, gate holds rows of both halves, [rows, 2 width].
#[napi]
pub fn swiglu(gate: &[f32], up: &[f32], y: Float32ArraySlice, width: f64) -> Result<()> {
    const NAME: &str = "swiglu";
    let (width, layouts) = check_halves(NAME, (gate.len(), up.len()), y.len(), width)?;
    outputs!(NAME, [y], [gate, up]);
    let up = if up.is_empty() { gate } else { up };
    guard(NAME, || swiglu::forward((gate, layouts.0), (up, layouts.1), width, y))
}

/// The gradients of gate and up, laid out as those are; dUp is empty when up is.
#[napi]
pub fn swiglu_grad(
    dy: &[f32],
    gate: &[f32],
    up: &[f32],
    d_gate: Float32ArraySlice,
    d_up: Float32ArraySlice,
    width: f64,
) -> Result<()> {
    const NAME: &str = "swigluGrad";
    let (width, layouts) = check_halves(NAME, (gate.len(), up.len()), dy.len(), width)?;
    length(NAME, "dGate", d_gate.len(), gate.len())?;
    length(NAME, "dUp", d_up.len(), up.len())?;
    outputs!(NAME, [d_gate, d_up], [dy, gate, up]);
    let up = if up.is_empty() { gate } else { up };
    guard(NAME, || swiglu::backward(dy, (gate, layouts.0), (up, layouts.1), width, d_gate, d_up))
}

fn check_halves(
    kernel: &str,
    (gate, up): (usize, usize),
    elements: usize,
    width: f64,
) -> Result<(usize, (Layout, Layout))> {
    let width = size(kernel, "width", width)?;
    let rows = elements.checked_div(width).unwrap_or(0);
    length(kernel, "y", elements, count(kernel, &[rows, width])?)?;
    if up > 0 {
        length(kernel, "gate", gate, elements)?;
        length(kernel, "up", up, elements)?;
        let layout = Layout { start: 0, stride: width };
        return Ok((width, (layout, layout)));
    }
    length(kernel, "gate", gate, count(kernel, &[2, elements])?)?;
    let stride = count(kernel, &[2, width])?;
    Ok((width, (Layout { start: 0, stride }, Layout { start: width, stride })))
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
