use super::check::{count, error, guard, length, outputs, size};
use crate::attention::{self, Sizes};
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

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
