//! The forward pass of few queries, as in generation: keys and values are read once, where they lie.

use super::heads::{Heads, HeadsMut};
use super::keep::{self, factors};
use super::scores::CHUNK;
use super::sizes::{Queries, Sizes, pieces};
use super::tile::{LINE, Scratch, lines_mut, with_scratch};
use super::weights::{add_scaled, dot, exponentials, multiply};
use crate::memory::Parts;

/// Up to so many queries packing the keys costs more than it saves.
pub const MOST: usize = 3;

/// As [`super::forward::forward`].
pub fn forward(sizes: &Sizes, queries: &Queries, inputs: [Heads; 3], y: HeadsMut, log_sum_exp: Parts) {
    let lines = sizes.keys.div_ceil(LINE) + keep::LINES;
    with_scratch(lines, |scratch| in_scratch(sizes, queries, inputs, y, log_sum_exp, scratch));
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
        let asked = q.row(query);
        for (weight, key) in weights.iter_mut().zip(visible.clone()) {
            *weight = dot(asked, k.row(key)) * sizes.scale;
        }
        weights[visible.len()..].fill(f32::NEG_INFINITY);
        let (highest, total) = exponentials(lines_mut(weights), f32::NEG_INFINITY);
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
            out.fill(0.0);
            for (weight, key) in weights.iter().zip(visible) {
                add_scaled(v.row(key), weight / total, out);
            }
            log_sum_exp.set(queries.head_number(sizes) * sizes.queries + query, highest + total.ln());
        }
    }
}
