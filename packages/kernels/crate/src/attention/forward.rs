//! The forward pass over some queries of one head.

use super::heads::{Heads, HeadsMut, copy, panels, transposed};
use super::keep::{self, factors};
use super::scores::{BLOCK, CHUNK, STRIDE, Spans, multiply_by_columns, multiply_by_rows};
use super::sizes::{Queries, Sizes, pieces};
use super::tile::{LINE, ROWS, Scratch, Tile, lines_mut, lines_of, with_scratch};
use super::weights::{exponentials, hide, multiply, scaled};
use crate::instructions;
use crate::math::exp;
use crate::memory::Parts;
use std::ops::Range;

/// Writes the rows of y and the logarithms of these queries, which no other thread may use.
pub fn forward(sizes: &Sizes, queries: &Queries, inputs: [Heads; 3], y: HeadsMut, log_sum_exp: Parts) {
    let (panels, rows) = (sizes.size.div_ceil(LINE), queries.len().next_multiple_of(ROWS));
    let lines =
        panels * (2 * rows + CHUNK) + CHUNK / LINE * sizes.size + BLOCK * STRIDE / LINE + keep::LINES + 2 * rows;
    with_scratch(lines, |scratch| in_scratch(sizes, queries, inputs, y, log_sum_exp, scratch));
}

/// What is known of each row after some of the keys.
struct Rows<'a> {
    /// The largest score.
    highest: &'a mut [f32],
    /// The sum of exponentials under it.
    totals: &'a mut [f32],
    /// The sums of values times exponentials, `width` each.
    sums: &'a mut [f32],
    width: usize,
}

fn in_scratch(
    sizes: &Sizes,
    queries: &Queries,
    [q, k, v]: [Heads; 3],
    y: HeadsMut,
    log_sum_exp: Parts,
    mut scratch: Scratch,
) {
    let tile = Tile::of(instructions::in_use());
    let lines = sizes.size.div_ceil(LINE);
    let (width, rows) = (lines * LINE, queries.len().next_multiple_of(ROWS));
    let (per_chunk, chunk_panels) = (lines * CHUNK, CHUNK / LINE * sizes.size);
    let (sequence, kv_head) = (queries.sequence, sizes.kv_head(queries.head));
    let (k, v) = (k.head(sequence, kv_head), v.head(sequence, kv_head));
    let query = scratch.floats(rows * width);
    let (keys, values) = (scratch.lines(chunk_panels), scratch.lines(per_chunk));
    let scores = scratch.floats(BLOCK * STRIDE);
    let kept = scratch.floats(keep::ROOM);
    let sums = scratch.floats(rows * width);
    let mut state = Rows { highest: scratch.floats(rows), totals: scratch.floats(rows), sums, width };
    state.highest.fill(f32::NEG_INFINITY);
    state.totals.fill(0.0);
    copy(q.head(sequence, queries.head), queries.range.clone(), sizes.scale, query);
    let seen = queries.seen(sizes, 0..rows);
    if seen.is_empty() {
        state.sums.fill(0.0);
    }
    for chunk in pieces(seen.clone(), CHUNK) {
        let add = chunk.start > seen.start;
        transposed(k, chunk.clone(), keys);
        panels(v, chunk.clone(), 1.0, CHUNK, values);
        for block in pieces(0..rows, BLOCK) {
            let spans = Spans::of(tile, sizes, queries, block.clone(), &chunk);
            multiply_by_columns(&spans, &query[block.start * width..], width, keys, sizes.size, scores);
            for (rows, span) in spans.tiles() {
                let scores = &mut scores[rows.start * STRIDE..rows.end * STRIDE];
                let rows = block.start + rows.start..block.start + rows.end;
                weigh(sizes, queries, rows, &chunk, span, scores, kept, &mut state);
            }
            multiply_by_rows(&spans, scores, values, &mut state.sums[block.start * width..], width, add);
        }
    }
    for (row, query) in queries.range.clone().enumerate() {
        let inverse = 1.0 / state.totals[row];
        // SAFETY: this query's row of this head and its logarithm, as the caller promises.
        unsafe {
            let out = y.row(sequence, queries.head, query);
            scaled(&state.sums[row * width..], inverse, out);
            let logarithm = state.highest[row] + state.totals[row].ln();
            log_sum_exp.set(queries.head_number(sizes) * sizes.queries + query, logarithm);
        }
    }
}

/// Turns a tile's scores of a chunk into exponentials under each row's largest score so far, zero where a key is hidden,
/// and brings what was summed up before under the same.
fn weigh(
    sizes: &Sizes,
    queries: &Queries,
    rows: Range<usize>,
    chunk: &Range<usize>,
    span: &Range<usize>,
    scores: &mut [f32],
    kept: &mut [f32],
    state: &mut Rows,
) {
    let lines = lines_of(span);
    let columns = lines.start * LINE..lines.end * LINE;
    for (row, scores) in rows.clone().zip(scores.chunks_exact_mut(STRIDE)) {
        hide(scores, columns.clone(), &queries.span(sizes, row..row + 1, chunk), f32::NEG_INFINITY);
    }
    let (mut before, mut totals) = ([0.0; ROWS], [0.0; ROWS]);
    before[..rows.len()].copy_from_slice(&state.highest[rows.clone()]);
    let highest = &mut state.highest[rows.clone()];
    exponentials(lines_mut(scores), STRIDE / LINE, lines, highest, &mut totals);
    for (row, (before, total)) in rows.clone().zip(before.into_iter().zip(totals)) {
        let now = state.highest[row];
        if before == now || before == f32::NEG_INFINITY {
            state.totals[row] += total;
        } else {
            let shrink = exp(before - now);
            state.totals[row] = state.totals[row] * shrink + total;
            state.sums[row * state.width..][..state.width].iter_mut().for_each(|sum| *sum *= shrink);
        }
    }
    if let Some(keep) = sizes.dropout {
        for (row, scores) in rows.zip(scores.chunks_exact_mut(STRIDE)) {
            let first = queries.weight_number(sizes, row, chunk.start + columns.start);
            factors(keep, first, columns.len(), kept);
            multiply(&mut scores[columns.clone()], kept);
        }
    }
}
