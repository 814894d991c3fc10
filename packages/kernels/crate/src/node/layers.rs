use super::check::{count, error, guard, ids_below, length, outputs, size};
use crate::attention::{self, Sizes};
use crate::{cross_entropy, embedding, layer_norm};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// Rows of `mean.length`, width `gain.length`.
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
    length(NAME, "bias", bias.len(), gain.len())?;
    length(NAME, "y", y.len(), elements)?;
    length(NAME, "inverse", inverse.len(), mean.len())?;
    outputs!(NAME, [y, mean, inverse], [x, gain, bias]);
    guard(NAME, || layer_norm::forward(x, gain, bias, epsilon as f32, y, mean, inverse))
}

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
    length(NAME, "dBias", d_bias.len(), gain.len())?;
    outputs!(NAME, [dx, d_gain, d_bias], [dy, x, gain, mean, inverse]);
    let saved = layer_norm::Saved { dy, x, gain, mean, inverse };
    guard(NAME, || layer_norm::backward(&saved, dx, d_gain, d_bias))
}

fn attention_sizes(
    kernel: &str,
    batch: f64,
    queries: f64,
    keys: f64,
    heads: f64,
    width: f64,
    causal: bool,
) -> Result<Sizes> {
    let (batch, queries) = (size(kernel, "batch", batch)?, size(kernel, "queries", queries)?);
    let (keys, heads) = (size(kernel, "keys", keys)?, size(kernel, "nHeads", heads)?);
    let width = size(kernel, "width", width)?;
    if heads == 0 || width % heads != 0 {
        return Err(error(kernel, format!("expected nHeads to divide the width {width}, got {heads}")));
    }
    if causal && keys < queries {
        return Err(error(kernel, format!("expected at least {queries} keys when causal, got {keys}")));
    }
    Ok(Sizes { batch, queries, keys, heads, size: width / heads, causal })
}

/// `q` and `y` [batch, queries, width], `k` and `v` [batch, keys, width], `logSumExp` [batch, nHeads, queries].
#[napi]
pub fn attention(
    q: &[f32],
    k: &[f32],
    v: &[f32],
    y: Float32ArraySlice,
    log_sum_exp: Float32ArraySlice,
    batch: f64,
    queries: f64,
    keys: f64,
    n_heads: f64,
    width: f64,
    causal: bool,
) -> Result<()> {
    const NAME: &str = "attention";
    let sizes = attention_sizes(NAME, batch, queries, keys, n_heads, width, causal)?;
    let of_queries = count(NAME, &[sizes.batch, sizes.queries, sizes.heads, sizes.size])?;
    let of_keys = count(NAME, &[sizes.batch, sizes.keys, sizes.heads, sizes.size])?;
    for (name, found, expected) in
        [("q", q.len(), of_queries), ("y", y.len(), of_queries), ("k", k.len(), of_keys), ("v", v.len(), of_keys)]
    {
        length(NAME, name, found, expected)?;
    }
    length(NAME, "logSumExp", log_sum_exp.len(), count(NAME, &[sizes.batch, sizes.heads, sizes.queries])?)?;
    outputs!(NAME, [y, log_sum_exp], [q, k, v]);
    guard(NAME, || attention::forward(sizes, q, k, v, y, log_sum_exp))
}

#[napi]
pub fn attention_grad(
    dy: &[f32],
    q: &[f32],
    k: &[f32],
    v: &[f32],
    y: &[f32],
    log_sum_exp: &[f32],
    dq: Float32ArraySlice,
    dk: Float32ArraySlice,
    dv: Float32ArraySlice,
    batch: f64,
    queries: f64,
    keys: f64,
    n_heads: f64,
    width: f64,
    causal: bool,
) -> Result<()> {
    const NAME: &str = "attentionGrad";
    let sizes = attention_sizes(NAME, batch, queries, keys, n_heads, width, causal)?;
    let of_queries = count(NAME, &[sizes.batch, sizes.queries, sizes.heads, sizes.size])?;
    let of_keys = count(NAME, &[sizes.batch, sizes.keys, sizes.heads, sizes.size])?;
    for (name, found) in [("dy", dy.len()), ("q", q.len()), ("y", y.len()), ("dq", dq.len())] {
        length(NAME, name, found, of_queries)?;
    }
    for (name, found) in [("k", k.len()), ("v", v.len()), ("dk", dk.len()), ("dv", dv.len())] {
        length(NAME, name, found, of_keys)?;
    }
    length(NAME, "logSumExp", log_sum_exp.len(), count(NAME, &[sizes.batch, sizes.heads, sizes.queries])?)?;
    outputs!(NAME, [dq, dk, dv], [dy, q, k, v, y, log_sum_exp]);
    let saved = attention::Saved { dy, q, k, v, y, log_sum_exp };
    guard(NAME, || attention::backward(sizes, &saved, dq, dk, dv))
}

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
