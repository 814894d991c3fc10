use super::check::{count, guard, length, outputs};
use crate::{layer_norm, rms_norm};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// Rows of `mean.length`, width `gain.length`. An empty bias is none.
#[napi]
pub fn layer_norm(
    x: &[f32],
    gain: &[f32],
    bias: &[f32],
    epsilon: f64,
    y: Float32ArraySlice,
    mean: Float32ArraySlice,
    inverse: Float32ArraySlice,
) -> Result<()> {
    const NAME: &str = "layerNorm";
    let elements = count(NAME, &[mean.len(), gain.len()])?;
    length(NAME, "x", x.len(), elements)?;
    if !bias.is_empty() {
        length(NAME, "bias", bias.len(), gain.len())?;
    }
    length(NAME, "y", y.len(), elements)?;
    length(NAME, "inverse", inverse.len(), mean.len())?;
    outputs!(NAME, [y, mean, inverse], [x, gain, bias]);
    let bias = (!bias.is_empty()).then_some(bias);
    guard(NAME, || layer_norm::forward(x, gain, bias, epsilon as f32, y, mean, inverse))
}

/// An empty dBias is not written.
#[napi]
pub fn layer_norm_grad(
    dy: &[f32],
    x: &[f32],
    gain: &[f32],
    mean: &[f32],
    inverse: &[f32],
    dx: Float32ArraySlice,
    d_gain: Float32ArraySlice,
    d_bias: Float32ArraySlice,
) -> Result<()> {
    const NAME: &str = "layerNormGrad";
    let elements = count(NAME, &[mean.len(), gain.len()])?;
    for (name, found) in [("dy", dy.len()), ("x", x.len()), ("dx", dx.len())] {
        length(NAME, name, found, elements)?;
    }
    length(NAME, "inverse", inverse.len(), mean.len())?;
    length(NAME, "dGain", d_gain.len(), gain.len())?;
    if !d_bias.is_empty() {
        length(NAME, "dBias", d_bias.len(), gain.len())?;
    }
    outputs!(NAME, [dx, d_gain, d_bias], [dy, x, gain, mean, inverse]);
    let d_bias = (!d_bias.is_empty()).then_some(d_bias);
    let saved = layer_norm::Saved { dy, x, gain, mean, inverse };
    guard(NAME, || layer_norm::backward(&saved, dx, d_gain, d_bias))
}

/// Rows of `inverse.length`, width `gain.length`.
#[napi]
pub fn rms_norm(x: &[f32], gain: &[f32], epsilon: f64, y: Float32ArraySlice, inverse: Float32ArraySlice) -> Result<()> {
    const NAME: &str = "rmsNorm";
    let elements = count(NAME, &[inverse.len(), gain.len()])?;
    length(NAME, "x", x.len(), elements)?;
    length(NAME, "y", y.len(), elements)?;
    outputs!(NAME, [y, inverse], [x, gain]);
    guard(NAME, || rms_norm::forward(x, gain, epsilon as f32, y, inverse))
}

#[napi]
pub fn rms_norm_grad(
    dy: &[f32],
    x: &[f32],
    gain: &[f32],
    inverse: &[f32],
    dx: Float32ArraySlice,
    d_gain: Float32ArraySlice,
) -> Result<()> {
    const NAME: &str = "rmsNormGrad";
    let elements = count(NAME, &[inverse.len(), gain.len()])?;
    for (name, found) in [("dy", dy.len()), ("x", x.len()), ("dx", dx.len())] {
        length(NAME, name, found, elements)?;
    }
    length(NAME, "dGain", d_gain.len(), gain.len())?;
    outputs!(NAME, [dx, d_gain], [dy, x, gain, inverse]);
    guard(NAME, || rms_norm::backward(&rms_norm::Saved { dy, x, gain, inverse }, dx, d_gain))
}
