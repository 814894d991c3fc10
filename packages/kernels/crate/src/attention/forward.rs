//! The forward pass over some queries of one head.

use super::heads::{Heads, HeadsMut, copy, transposed};
use super::keep::{self, factors};
use super::lines::{LINE, Scratch, with_scratch};
use super::scores::{CHUNK, Rows, STRIDE, columns, multiply_by_columns, multiply_by_rows, seen};
use super::sizes::{Queries, Sizes, pieces};
use super::weights::{exponentials, multiply, scale};
use crate::math::exp;
use crate::memory::Parts;
use crate::product::{Compute, kernels};
use std::ops::Range;

/// The most rows of scores held at a time, those of a tile of products.
const ROWS: usize = 12;

/// Writes the rows of y and the logarithms of these queries, which no other thread may use.
pub fn forward(sizes: &Sizes, queries: &Queries, inputs: [Heads; 3], y: HeadsMut, log_sum_exp: Parts) {
    let (width, rows) = (sizes.size.next_multiple_of(LINE), queries.len());
    let lengths = [rows * width, rows, rows, CHUNK * sizes.size, CHUNK * width, ROWS * STRIDE, keep::ROOM];
    with_scratch(&lengths, |scratch| in_scratch(sizes, queries, inputs, y, log_sum_exp, scratch));
}

/// What is known of each row after some of the keys, besides the sum of values times exponentials.
struct Known<'a> {
    /// The largest score.
    highest: &'a mut [f32],
    /// The sum of exponentials under it.
    totals: &'a mut [f32],
}

fn in_scratch(
    sizes: &Sizes,
    queries: &Queries,
    [q, k, v]: [Heads; 3],
    y: HeadsMut,
    log_sum_exp: Parts,
    mut scratch: Scratch,
) {
    let kernels = kernels(Compute::F32);
    let (size, width, n) = (sizes.size, sizes.size.next_multiple_of(LINE), queries.len());
    let (sequence, head, kv_head) = (queries.sequence, queries.head, sizes.kv_head(queries.head));
    let (q, k, v) = (q.head(sequence, head), k.head(sequence, kv_head), v.head(sequence, kv_head));
    let query = scratch.floats(n * width);
    let mut known = Known { highest: scratch.floats(n), totals: scratch.floats(n) };
    let (keys, values) = (scratch.floats(CHUNK * size), scratch.floats(CHUNK * width));
    let (scores, kept) = (scratch.floats(ROWS * STRIDE), scratch.floats(keep::ROOM));
    known.highest.fill(f32::NEG_INFINITY);
    known.totals.fill(0.0);
    copy(q, queries.range.clone(), sizes.scale, query);
    let query = Rows { data: query, width };
    let all = queries.seen(sizes);
    for chunk in pieces(all.clone(), CHUNK) {
        let add = chunk.start > all.start;
        transposed(kernels, k, chunk.clone(), keys);
        copy(v, chunk.clone(), 1.0, values);
        for rows in pieces(0..n, kernels.rows) {
            let visible: [_; ROWS] = std::array::from_fn(|i| queries.visible(sizes, rows.start + i, &chunk));
            let visible = &visible[..rows.len()];
            let (seen, times) = (seen(visible), queries.times(&rows));
            if seen.is_empty() && add {
                continue;
            }
            let columns = columns(kernels, seen.clone(), chunk.len());
            multiply_by_columns(kernels, rows.len(), &columns, query.from(rows.start), keys, size, scores);
            let shrinks = weigh(sizes, queries, rows, visible, &chunk, columns, scores, kept, &mut known);
            // SAFETY: no other thread uses these rows, as the caller promises.
            unsafe {
                for (shrink, query) in shrinks.into_iter().zip(times.clone()).filter(|(shrink, _)| *shrink != 1.0) {
                    scale(y.row(sequence, head, query), shrink);
                }
                let out = y.output(sequence, head, times, add);
                multiply_by_rows(kernels, visible.len(), seen, scores, Rows { data: values, width }, out);
            }
        }
    }
    for (row, query) in queries.range.clone().enumerate() {
        let (highest, total) = (known.highest[row], known.totals[row]);
        // SAFETY: this query's row of this head and its logarithm, as the caller promises.
        unsafe {
            let out = y.row(sequence, head, query);
            if all.is_empty() {
                out.fill(0.0);
            }
            scale(out, 1.0 / total);
            log_sum_exp.set(queries.head_number(sizes) * sizes.queries + query, highest + total.ln());
        }
    }
}

/// Turns a strip's scores of a chunk into exponentials under each row's largest score so far, zero where a key is hidden.
/// Returns what brings the sums so far under the same.
fn weigh(
    sizes: &Sizes,
    queries: &Queries,
    rows: Range<usize>,
    visible: &[Range<usize>],
    chunk: &Range<usize>,
    columns: Range<usize>,
    scores: &mut [f32],
    kept: &mut [f32],
    known: &mut Known,
) -> [f32; ROWS] {
    let (mut before, mut totals, mut shrinks) = ([0.0; ROWS], [0.0; ROWS], [1.0; ROWS]);
    before[..rows.len()].copy_from_slice(&known.highest[rows.clone()]);
    exponentials(scores, STRIDE, columns.clone(), visible, &mut known.highest[rows.clone()], &mut totals);
    for (i, row) in rows.clone().enumerate() {
        let now = known.highest[row];
        if before[i] != now && before[i] != f32::NEG_INFINITY {
            shrinks[i] = exp(before[i] - now);
        }
        known.totals[row] = known.totals[row] * shrinks[i] + totals[i];
    }
    if let Some(keep) = sizes.dropout {
        for (row, scores) in rows.zip(scores.chunks_exact_mut(STRIDE)) {
            factors(keep, queries.weight_number(sizes, row, chunk.start + columns.start), columns.len(), kept);
            multiply(&mut scores[columns.clone()], kept);
        }
    }
    shrinks
}
