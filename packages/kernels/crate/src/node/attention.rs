use super::check::{count, error, guard, length, outputs, size};
use crate::attention::{self, Heads, HeadsMut, Keep, Layout, Saved, Sizes};
use crate::memory::Parts;
use napi::Result;
use napi::bindgen_prelude::Float32ArraySlice;
use napi_derive::napi;

/// What `attention` and `selfAttention` compute.
#[napi(object, object_to_js = false)]
pub struct AttentionOptions {
    pub batch: f64,
    pub queries: f64,
    /// The keys that are valid, the first ones.
    pub keys: f64,
    /// The keys there is room for.
    pub capacity: f64,
    pub n_heads: f64,
    pub n_kv_heads: f64,
    pub head_size: f64,
    pub causal: bool,
    /// 0 is no window.
    pub window: f64,
    pub scale: f64,
    /// 0 is no dropout.
    pub dropout: f64,
    pub high: u32,
    pub low: u32,
}

impl AttentionOptions {
    fn sizes(&self, kernel: &str) -> Result<Sizes> {
        let at = |name: &str, value: f64| size(kernel, name, value);
        let (heads, kv_heads) = (at("nHeads", self.n_heads)?, at("nKvHeads", self.n_kv_heads)?);
        let (queries, keys) = (at("queries", self.queries)?, at("keys", self.keys)?);
        let (head_size, window) = (at("headSize", self.head_size)?, at("window", self.window)?);
        if kv_heads == 0 || heads == 0 || heads % kv_heads != 0 {
            return Err(error(
                kernel,
                format!("expected nHeads to be a multiple of nKvHeads, got {heads}, {kv_heads}"),
            ));
        }
        let capacity = at("capacity", self.capacity)?;
        if keys > capacity || (queries > 0 && keys == 0) {
            return Err(error(kernel, format!("expected from 1 to {capacity} keys, got {keys}")));
        }
        if (self.causal || window > 0) && keys < queries {
            return Err(error(kernel, format!("expected at least {queries} keys under a mask, got {keys}")));
        }
        if head_size == 0 {
            return Err(error(kernel, "expected headSize above 0, got 0".into()));
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(error(kernel, format!("expected dropout from 0 to below 1, got {}", self.dropout)));
        }
        // Every count that the kernels make: weights, and sums of gradients for each head and part.
        let batch = at("batch", self.batch)?;
        count(kernel, &[batch, heads, queries, keys, 8])?;
        count(kernel, &[batch, heads, queries.max(keys), head_size, 64])?;
        let keep =
            Keep { rate: self.dropout as f32, scale: (1.0 / (1.0 - self.dropout)) as f32, key: (self.high, self.low) };
        Ok(Sizes {
            batch,
            queries,
            keys,
            heads,
            kv_heads,
            size: head_size,
            causal: self.causal,
            window: (window > 0).then_some(window),
            scale: self.scale as f32,
            dropout: (self.dropout > 0.0).then_some(keep),
        })
    }
}

/// Where heads lie in rows of `row` heads from head `start`, with `time` rows for each sequence.
fn layout(sizes: &Sizes, start: usize, row: usize, time: usize) -> Layout {
    let Sizes { size, .. } = *sizes;
    Layout { start: start * size, sequence: time * row * size, row: row * size, size }
}

/// The numbers of elements of q, of k, and of logSumExp.
fn counts(kernel: &str, sizes: &Sizes, capacity: f64) -> Result<[usize; 3]> {
    let Sizes { batch, queries, heads, kv_heads, size: head_size, .. } = *sizes;
    let capacity = size(kernel, "capacity", capacity)?;
    Ok([
        count(kernel, &[batch, queries, heads, head_size])?,
        count(kernel, &[batch, capacity, kv_heads, head_size])?,
        count(kernel, &[batch, heads, queries])?,
    ])
}

/// `q` and `y` [batch, queries, nHeads * headSize], `k` and `v` [batch, capacity, nKvHeads * headSize], `logSumExp`
/// [batch, nHeads, queries].
#[napi]
pub fn attention(
    q: &[f32],
    k: &[f32],
    v: &[f32],
    y: Float32ArraySlice,
    log_sum_exp: Float32ArraySlice,
    options: AttentionOptions,
) -> Result<()> {
    const NAME: &str = "attention";
    let sizes = options.sizes(NAME)?;
    let [of_queries, of_keys, of_rows] = counts(NAME, &sizes, options.capacity)?;
    for (name, found, expected) in
        [("q", q.len(), of_queries), ("y", y.len(), of_queries), ("k", k.len(), of_keys), ("v", v.len(), of_keys)]
    {
        length(NAME, name, found, expected)?;
    }
    length(NAME, "logSumExp", log_sum_exp.len(), of_rows)?;
    outputs!(NAME, [y, log_sum_exp], [q, k, v]);
    let of_q = layout(&sizes, 0, sizes.heads, sizes.queries);
    let of_k = layout(&sizes, 0, sizes.kv_heads, options.capacity as usize);
    let [q, k, v] = [(q, of_q), (k, of_k), (v, of_k)].map(|(data, layout)| Heads { data, layout });
    let y = HeadsMut { data: Parts::of(y), layout: of_q };
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
    options: AttentionOptions,
) -> Result<()> {
    const NAME: &str = "attentionGrad";
    let sizes = options.sizes(NAME)?;
    let [of_queries, of_keys, of_rows] = counts(NAME, &sizes, options.capacity)?;
    for (name, found) in [("dy", dy.len()), ("q", q.len()), ("y", y.len()), ("dq", dq.len())] {
        length(NAME, name, found, of_queries)?;
    }
    for (name, found) in [("k", k.len()), ("v", v.len()), ("dk", dk.len()), ("dv", dv.len())] {
        length(NAME, name, found, of_keys)?;
    }
    length(NAME, "logSumExp", log_sum_exp.len(), of_rows)?;
    outputs!(NAME, [dq, dk, dv], [dy, q, k, v, y, log_sum_exp]);
    let of_q = layout(&sizes, 0, sizes.heads, sizes.queries);
    let of_k = layout(&sizes, 0, sizes.kv_heads, options.capacity as usize);
    if options.capacity as usize > sizes.keys {
        dk.fill(0.0);
        dv.fill(0.0);
    }
    let [q, k, v, y, dy] =
        [(q, of_q), (k, of_k), (v, of_k), (y, of_q), (dy, of_q)].map(|(data, layout)| Heads { data, layout });
    let [dq, dk, dv] = [(dq, of_q), (dk, of_k), (dv, of_k)].map(|(d, layout)| HeadsMut { data: Parts::of(d), layout });
    let saved = Saved { q, k, v, y, dy, log_sum_exp };
    guard(NAME, || attention::backward(sizes, &saved, dq, dk, dv))
}

/// The layouts of q, k and v in [batch, time, (nHeads + 2 nKvHeads) * headSize], that of y, and the number of elements
/// of qkv.
fn packed(kernel: &str, sizes: &Sizes, capacity: f64) -> Result<([Layout; 3], Layout, usize)> {
    let Sizes { batch, queries, keys, heads, kv_heads, size, .. } = *sizes;
    if keys != queries || capacity != keys as f64 {
        return Err(error(kernel, format!("expected as many keys as queries, got {keys} and {queries}")));
    }
    let row = kv_heads.checked_mul(2).and_then(|kv| kv.checked_add(heads));
    let row = row.ok_or_else(|| error(kernel, "expected heads that fit in memory".into()))?;
    let total = count(kernel, &[batch, queries, row, size])?;
    let layouts = [0, heads, heads + kv_heads].map(|start| layout(sizes, start, row, queries));
    Ok((layouts, layout(sizes, 0, heads, queries), total))
}

/// As `attention`, with q, k and v side by side in `qkv`.
#[napi]
pub fn self_attention(
    qkv: &[f32],
    y: Float32ArraySlice,
    log_sum_exp: Float32ArraySlice,
    options: AttentionOptions,
) -> Result<()> {
    const NAME: &str = "selfAttention";
    let sizes = options.sizes(NAME)?;
    let ([q, k, v], of_y, total) = packed(NAME, &sizes, options.capacity)?;
    let [of_queries, _, of_rows] = counts(NAME, &sizes, options.capacity)?;
    length(NAME, "qkv", qkv.len(), total)?;
    length(NAME, "y", y.len(), of_queries)?;
    length(NAME, "logSumExp", log_sum_exp.len(), of_rows)?;
    outputs!(NAME, [y, log_sum_exp], [qkv]);
    let [q, k, v] = [q, k, v].map(|layout| Heads { data: qkv, layout });
    let y = HeadsMut { data: Parts::of(y), layout: of_y };
    guard(NAME, || attention::forward(sizes, q, k, v, y, log_sum_exp))
}

#[napi]
pub fn self_attention_grad(
    dy: &[f32],
    qkv: &[f32],
    y: &[f32],
    log_sum_exp: &[f32],
    d_qkv: Float32ArraySlice,
    options: AttentionOptions,
) -> Result<()> {
    const NAME: &str = "selfAttentionGrad";
    let sizes = options.sizes(NAME)?;
    let (of_qkv, of_y, total) = packed(NAME, &sizes, options.capacity)?;
    let [of_queries, _, of_rows] = counts(NAME, &sizes, options.capacity)?;
    length(NAME, "qkv", qkv.len(), total)?;
    length(NAME, "dQkv", d_qkv.len(), total)?;
    length(NAME, "dy", dy.len(), of_queries)?;
    length(NAME, "y", y.len(), of_queries)?;
    length(NAME, "logSumExp", log_sum_exp.len(), of_rows)?;
    outputs!(NAME, [d_qkv], [dy, qkv, y, log_sum_exp]);
    let [q, k, v] = of_qkv.map(|layout| Heads { data: qkv, layout });
    let [y, dy] = [y, dy].map(|data| Heads { data, layout: of_y });
    let parts = Parts::of(d_qkv);
    let [dq, dk, dv] = of_qkv.map(|layout| HeadsMut { data: parts, layout });
    guard(NAME, || attention::backward(sizes, &Saved { q, k, v, y, dy, log_sum_exp }, dq, dk, dv))
}
