use super::check::{count, guard, ids_below, length, outputs};
use crate::cross_entropy;
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// Writes `logSumExp` [rows] and `result` = [mean loss, number of rows that count].
#[napi]
pub fn cross_entropy(
    logits: &[f32],
    targets: &[i32],
    ignored: i32,
    log_sum_exp: Float32ArraySlice,
    result: Float32ArraySlice,
) -> Result<()> {
    const NAME: &str = "crossEntropy";
    let vocabulary = check_logits(NAME, logits, targets, ignored, log_sum_exp.len())?;
    debug_assert!(vocabulary * targets.len() == logits.len());
    length(NAME, "result", result.len(), 2)?;
    outputs!(NAME, [log_sum_exp, result], [logits, targets]);
    guard(NAME, || {
        let (loss, count) = cross_entropy::forward(logits, targets, ignored, log_sum_exp);
        result.copy_from_slice(&[loss, count as f32]);
    })
}

/// `dLogits = (softmax - onehot) * weight`.
#[napi]
pub fn cross_entropy_grad(
    logits: &[f32],
    targets: &[i32],
    ignored: i32,
    log_sum_exp: &[f32],
    weight: f64,
    d_logits: Float32ArraySlice,
) -> Result<()> {
    const NAME: &str = "crossEntropyGrad";
    check_logits(NAME, logits, targets, ignored, log_sum_exp.len())?;
    length(NAME, "dLogits", d_logits.len(), logits.len())?;
    outputs!(NAME, [d_logits], [logits, targets, log_sum_exp]);
    guard(NAME, || cross_entropy::backward(logits, targets, ignored, log_sum_exp, weight as f32, d_logits))
}

fn check_logits(kernel: &str, logits: &[f32], targets: &[i32], ignored: i32, rows: usize) -> Result<usize> {
    length(kernel, "logSumExp", rows, targets.len())?;
    let vocabulary = logits.len().checked_div(rows).unwrap_or(0);
    length(kernel, "logits", logits.len(), count(kernel, &[rows, vocabulary])?)?;
    ids_below(kernel, "targets", targets, vocabulary, Some(ignored))?;
    Ok(vocabulary)
}
