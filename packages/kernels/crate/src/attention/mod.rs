//! Scaled dot-product attention over heads that lie side by side in the last axis.
//!
//! A task is one head of one sequence, or a range of its queries. It packs the keys and values of a chunk once, and
//! takes strips of queries through it: scores, weights, sums. Only lines of scores with a visible key are computed.

mod backward;
mod few;
mod forward;
mod heads;
mod keep;
mod lines;
mod scores;
mod sizes;
mod weights;

#[cfg(test)]
mod tests;

pub use backward::Saved;
pub use heads::{Heads, HeadsMut, Layout};
pub use keep::Keep;
pub use sizes::Sizes;

use crate::memory::{Parts, piece};
use crate::pool;

/// Writes the output, and the logarithms of the sums of exponentials, [batch, heads, queries].
pub fn forward(sizes: Sizes, q: Heads, k: Heads, v: Heads, y: HeadsMut, log_sum_exp: &mut [f32]) {
    let log_sum_exp = Parts::of(log_sum_exp);
    if sizes.queries <= few::MOST {
        return pool::run(sizes.batch * sizes.heads, |head| {
            few::forward(&sizes, &sizes.task(head), [q, k, v], y, log_sum_exp);
        });
    }
    pool::run(sizes.batch * sizes.heads * sizes.parts(), |task| {
        forward::forward(&sizes, &sizes.task(task), [q, k, v], y, log_sum_exp);
    });
}

/// Writes the gradients of q, and of the keys and values that the sizes count.
pub fn backward(sizes: Sizes, saved: &Saved, dq: HeadsMut, dk: HeadsMut, dv: HeadsMut) {
    let (parts, group) = (sizes.parts(), sizes.heads / sizes.kv_heads);
    let tasks = sizes.batch * sizes.heads * parts;
    if group * parts == 1 {
        return pool::run(tasks, |task| {
            let queries = sizes.task(task);
            let out = (queries.sequence, queries.head);
            backward::backward(&sizes, &queries, saved, [dq, dk, dv], out);
        });
    }
    // Several tasks share keys: each has sums of its own, [batch, heads, parts, keys, size].
    let length = tasks * sizes.keys * sizes.size;
    let (mut dk_sums, mut dv_sums) = (zeros(length), zeros(length));
    let layout = Layout { start: 0, sequence: sizes.keys * sizes.size, row: sizes.size, size: sizes.size };
    let (dk_parts, dv_parts) = (Parts::of(&mut dk_sums), Parts::of(&mut dv_sums));
    pool::run(tasks, |task| {
        let queries = sizes.task(task);
        let out = (queries.head_number(&sizes) * parts + queries.part, 0);
        let (dk, dv) = (HeadsMut { data: dk_parts, layout }, HeadsMut { data: dv_parts, layout });
        backward::backward(&sizes, &queries, saved, [dq, dk, dv], out);
    });
    let keys = piece(sizes.keys, 64, 16);
    let pieces = sizes.keys.div_ceil(keys);
    pool::run(sizes.batch * sizes.kv_heads * pieces, |task| {
        let (head, start) = (task / pieces, task % pieces * keys);
        let (sequence, kv_head) = (head / sizes.kv_heads, head % sizes.kv_heads);
        for (sums, out) in [(&dk_sums, dk), (&dv_sums, dv)] {
            for key in start..sizes.keys.min(start + keys) {
                // SAFETY: every task writes its own rows of one head.
                let out = unsafe { out.row(sequence, kv_head, key) };
                out.fill(0.0);
                for part in head * group * parts..(head + 1) * group * parts {
                    let row = &sums[(part * sizes.keys + key) * sizes.size..][..sizes.size];
                    out.iter_mut().zip(row).for_each(|(out, x)| *out += x);
                }
            }
        }
    });
}

/// Panics where the memory is not there, which the boundary turns into an error; `vec!` would end the process.
fn zeros(n: usize) -> Vec<f32> {
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(n).expect("memory for the sums of gradients");
    zeros.resize(n, 0.0);
    zeros
}
