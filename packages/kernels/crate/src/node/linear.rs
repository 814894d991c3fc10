use super::check::{count, error, guard, length, outputs, size};
use crate::linear::{self, Linear};
use crate::product::{Activation, Compute};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

fn linear_of<'a>(
    kernel: &str,
    x: &'a [f32],
    weight: &'a [f32],
    (rows, inputs, outputs): (f64, f64, f64),
    options: u32,
) -> Result<Linear<'a>> {
    let (rows, inputs) = (size(kernel, "rows", rows)?, size(kernel, "inputs", inputs)?);
    let outputs = size(kernel, "outputs", outputs)?;
    let option = |bit: u32| options & bit != 0;
    if options > 15 || (option(4) && option(8)) {
        let message = format!("expected options from 0 to 15 with at most one activation, got {options}");
        return Err(error(kernel, message));
    }
    length(kernel, "x", x.len(), count(kernel, &[rows, inputs])?)?;
    length(kernel, "weight", weight.len(), count(kernel, &[inputs, outputs])?)?;
    count(kernel, &[rows, outputs])?;
    let gelu = option(4).then_some(Activation::Gelu);
    Ok(Linear {
        x,
        weight,
        transposed: option(1),
        rows,
        inputs,
        outputs,
        activation: if option(8) { Some(Activation::GeluTanh) } else { gelu },
        compute: if option(2) { Compute::Bf16 } else { Compute::F32 },
    })
}

/// `y = activation(x weight + bias) + residual`; `options` has bit 1 for a weight stored as [outputs, inputs], 2 for
/// products of bfloat16, 4 for GELU and 8 for its tanh approximation. An empty bias, residual or hidden is none; hidden
/// gets what the activation is applied to.
#[napi]
pub fn linear(
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    residual: &[f32],
    y: Float32ArraySlice,
    hidden: Float32ArraySlice,
    rows: f64,
    inputs: f64,
    outputs: f64,
    options: u32,
) -> Result<()> {
    const NAME: &str = "linear";
    let linear = linear_of(NAME, x, weight, (rows, inputs, outputs), options)?;
    let elements = linear.rows * linear.outputs;
    length(NAME, "y", y.len(), elements)?;
    if !bias.is_empty() {
        length(NAME, "bias", bias.len(), linear.outputs)?;
    }
    if !residual.is_empty() {
        length(NAME, "residual", residual.len(), elements)?;
    }
    if !hidden.is_empty() {
        length(NAME, "hidden", hidden.len(), if linear.activation.is_some() { elements } else { 0 })?;
    }
    outputs!(NAME, [y, hidden], [x, weight, bias, residual]);
    let bias = (!bias.is_empty()).then_some(bias);
    let residual = (!residual.is_empty()).then_some(residual);
    let hidden = (!hidden.is_empty()).then_some(hidden);
    guard(NAME, || linear::forward(&linear, bias, residual, y, hidden))
}

/// All gradients of `linear` with the same options; an empty dBias is none.
#[napi]
pub fn linear_grad(
    dy: &[f32],
    x: &[f32],
    weight: &[f32],
    hidden: &[f32],
    dx: Float32ArraySlice,
    d_weight: Float32ArraySlice,
    d_bias: Float32ArraySlice,
    rows: f64,
    inputs: f64,
    outputs: f64,
    options: u32,
) -> Result<()> {
    const NAME: &str = "linearGrad";
    let linear = linear_of(NAME, x, weight, (rows, inputs, outputs), options)?;
    let elements = linear.rows * linear.outputs;
    length(NAME, "dy", dy.len(), elements)?;
    length(NAME, "hidden", hidden.len(), if linear.activation.is_some() { elements } else { 0 })?;
    length(NAME, "dx", dx.len(), x.len())?;
    length(NAME, "dWeight", d_weight.len(), weight.len())?;
    if !d_bias.is_empty() {
        length(NAME, "dBias", d_bias.len(), linear.outputs)?;
    }
    outputs!(NAME, [dx, d_weight, d_bias], [dy, x, weight, hidden]);
    let d_bias = (!d_bias.is_empty()).then_some(d_bias);
    guard(NAME, || linear::backward(&linear, dy, hidden, dx, d_weight, d_bias))
}
