use super::check::{count, error, guard, ids_below, length, outputs, size};
use crate::cross_entropy::{self, Options};
use crate::linear_cross_entropy::{self, Gradients, Inputs};
use crate::product::Compute;
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// Writes `logSumExp` [rows] and `result` = [mean loss, number of rows that count].
#[napi]
pub fn cross_entropy(
    logits: &[f32],
    targets: &[i32],
    ignored: i32,
    z_loss: f64,
    log_sum_exp: Float32ArraySlice,
    result: Float32ArraySlice,
) -> Result<()> {
    const NAME: &str = "crossEntropy";
    check_logits(NAME, logits, targets, ignored, log_sum_exp.len())?;
    length(NAME, "result", result.len(), 2)?;
    outputs!(NAME, [log_sum_exp, result], [logits, targets]);
    let options = Options { ignored, z_loss: z_loss as f32 };
    guard(NAME, || {
        let (loss, count) = cross_entropy::forward(logits, targets, options, log_sum_exp);
        result.copy_from_slice(&[loss, count as f32]);
    })
}

/// `dLogits = ((1 + 2 zLoss logSumExp) softmax - onehot) * weight`.
#[napi]
pub fn cross_entropy_grad(
    logits: &[f32],
    targets: &[i32],
    ignored: i32,
    z_loss: f64,
    log_sum_exp: &[f32],
    weight: f64,
    d_logits: Float32ArraySlice,
) -> Result<()> {
    const NAME: &str = "crossEntropyGrad";
    check_logits(NAME, logits, targets, ignored, log_sum_exp.len())?;
    length(NAME, "dLogits", d_logits.len(), logits.len())?;
    outputs!(NAME, [d_logits], [logits, targets, log_sum_exp]);
    let options = Options { ignored, z_loss: z_loss as f32 };
    guard(NAME, || cross_entropy::backward(logits, targets, options, log_sum_exp, weight as f32, d_logits))
}

fn check_logits(kernel: &str, logits: &[f32], targets: &[i32], ignored: i32, rows: usize) -> Result<()> {
    length(kernel, "logSumExp", rows, targets.len())?;
    let vocabulary = logits.len().checked_div(rows).unwrap_or(0);
    length(kernel, "logits", logits.len(), count(kernel, &[rows, vocabulary])?)?;
    ids_below(kernel, "targets", targets, vocabulary, Some(ignored))
}

/// The mean loss of the logits `scale * x weight^T`, with x [targets.length, width] and weight [vocabulary, width].
/// Writes the gradients of x and weight; when both arrays are empty they are not computed.
#[napi]
pub fn linear_cross_entropy(
    x: &[f32],
    weight: &[f32],
    targets: &[i32],
    width: f64,
    vocabulary: f64,
    ignored: i32,
    z_loss: f64,
    scale: f64,
    bfloat16: bool,
    dx: Float32ArraySlice,
    d_weight: Float32ArraySlice,
) -> Result<f64> {
    const NAME: &str = "linearCrossEntropy";
    let (width, vocabulary) = (size(NAME, "width", width)?, size(NAME, "vocabulary", vocabulary)?);
    length(NAME, "x", x.len(), count(NAME, &[targets.len(), width])?)?;
    length(NAME, "weight", weight.len(), count(NAME, &[vocabulary, width])?)?;
    count(NAME, &[targets.len(), vocabulary])?;
    ids_below(NAME, "targets", targets, vocabulary, Some(ignored))?;
    let wanted = !dx.is_empty() || !d_weight.is_empty();
    if wanted {
        length(NAME, "dx", dx.len(), x.len())?;
        length(NAME, "dWeight", d_weight.len(), weight.len())?;
    }
    if width == 0 && vocabulary > LARGEST_WITHOUT_WIDTH {
        // With a width the arrays themselves bound the vocabulary, and so the logits of a chunk.
        return Err(error(NAME, format!("expected a vocabulary below {LARGEST_WITHOUT_WIDTH}, got {vocabulary}")));
    }
    outputs!(NAME, [dx, d_weight], [x, weight, targets]);
    let compute = if bfloat16 { Compute::Bf16 } else { Compute::F32 };
    let (z_loss, scale) = (z_loss as f32, scale as f32);
    let inputs = Inputs { x, weight, targets, width, vocabulary, ignored, z_loss, scale, compute };
    let gradients = wanted.then_some(Gradients { dx, d_weight });
    guard(NAME, || f64::from(linear_cross_entropy::linear_cross_entropy(&inputs, gradients)))
}

const LARGEST_WITHOUT_WIDTH: usize = 1 << 24;
