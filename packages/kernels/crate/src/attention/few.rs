//! The forward pass of few queries, as in generation: keys and values are read once, where they lie.

use super::heads::{Head, Heads, HeadsMut};
use super::keep::{self, factors};
use super::lines::{LINE, Scratch, with_scratch};
use super::scores::CHUNK;
use super::sizes::{Queries, Sizes, pieces};
use super::weights::{dot_lines, exponentials, multiply, scale};
use crate::memory::Parts;
use crate::simd::multiversion;
use std::ops::Range;

/// Up to so many queries packing the keys costs more than it saves.
pub const MOST: usize = 3;

/// As [`super::forward::forward`].
pub fn forward(sizes: &Sizes, queries: &Queries, inputs: [Heads; 3], y: HeadsMut, log_sum_exp: Parts) {
    with_scratch(&[sizes.keys, keep::ROOM], |scratch| in_scratch(sizes, queries, inputs, y, log_sum_exp, scratch));
}

fn in_scratch(
    sizes: &Sizes,
    queries: &Queries,
    [q, k, v]: [Heads; 3],
    y: HeadsMut,
    log_sum_exp: Parts,
    mut scratch: Scratch,
) {
    let (sequence, kv_head) = (queries.sequence, sizes.kv_head(queries.head));
    let (q, k, v) = (q.head(sequence, queries.head), k.head(sequence, kv_head), v.head(sequence, kv_head));
    let (weights, kept) = (scratch.floats(sizes.keys), scratch.floats(keep::ROOM));
    for (row, query) in queries.range.clone().enumerate() {
        let visible = sizes.visible(query);
        let weights = &mut weights[..visible.len().next_multiple_of(LINE)];
        score(q.row(query), k, visible.clone(), sizes.scale, weights);
        let (mut highest, mut total) = ([f32::NEG_INFINITY], [0.0]);
        let (n, all) = (weights.len(), 0..visible.len());
        exponentials(weights, n.max(1), 0..n, std::slice::from_ref(&all), &mut highest, &mut total);
        if let Some(keep) = sizes.dropout {
            for piece in pieces(0..visible.len(), CHUNK) {
                let first = queries.weight_number(sizes, row, visible.start + piece.start);
                factors(keep, first, piece.len(), kept);
                multiply(&mut weights[piece], kept);
            }
        }
        // SAFETY: this query's row of this head and its logarithm, as the caller promises.
        unsafe {
            let out = y.row(sequence, queries.head, query);
            add_values(weights, v, visible, out);
            scale(out, 1.0 / total[0]);
            log_sum_exp.set(queries.head_number(sizes) * sizes.queries + query, highest[0] + total[0].ln());
        }
    }
}

multiversion! {
    pub fn score(query: &[f32], k: Head, keys: Range<usize>, scale: f32, out: &mut [f32]) {
        for (out, key) in out.iter_mut().zip(keys) {
            *out = dot_lines(query, k.row(key)) * scale;
        }
    }

    /// `y` = the sum of the values times their weights.
    pub fn add_values(weights: &[f32], v: Head, keys: Range<usize>, y: &mut [f32]) {
        y.fill(0.0);
        for (&weight, key) in weights.iter().zip(keys) {
            for (y, x) in y.iter_mut().zip(v.row(key)) {
                *y += weight * x;
            }
        }
    }
}
