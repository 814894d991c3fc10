//! The backward pass over some queries of one head. The weights are computed again from the saved logarithms.

use super::heads::{Heads, HeadsMut, copy, dots, panels, transposed};
use super::keep::{self, factors};
use super::scores::{BLOCK, CHUNK, STRIDE, Spans, multiply_by_columns, multiply_by_rows, multiply_transposed};
use super::sizes::{Queries, Sizes, pieces};
use super::tile::{LINE, ROWS, Scratch, Tile, lines_mut, lines_of, with_scratch};
use super::weights::{hide, scaled, unweigh, unweigh_dropped};
use crate::instructions;
use std::ops::Range;

/// The inputs of [`backward`].
#[derive(Clone, Copy)]
pub struct Saved<'a> {
    pub q: Heads<'a>,
    pub k: Heads<'a>,
    pub v: Heads<'a>,
    pub y: Heads<'a>,
    pub dy: Heads<'a>,
    pub log_sum_exp: &'a [f32],
}

/// Writes these queries' rows of dq, and of dk and dv the rows of all keys in head `out` (sequence, head): the sums over
/// these queries. No other thread may use them.
pub fn backward(sizes: &Sizes, queries: &Queries, saved: &Saved, [dq, dk, dv]: [HeadsMut; 3], out: (usize, usize)) {
    let (panels, rows) = (sizes.size.div_ceil(LINE), queries.len().next_multiple_of(ROWS));
    let lines = panels * (rows + 3 * CHUNK + 2 * ROWS + 4 * BLOCK)
        + rows
        + 2 * (CHUNK / LINE * sizes.size + BLOCK * STRIDE / LINE)
        + keep::LINES;
    with_scratch(lines, |scratch| in_scratch(sizes, queries, saved, [dq, dk, dv], out, scratch));
}

/// The gradient along each weight row and its logarithm: what a row needs besides its scores.
struct Row<'a> {
    along: &'a [f32],
    log_sum_exp: &'a [f32],
}

fn in_scratch(
    sizes: &Sizes,
    queries: &Queries,
    saved: &Saved,
    [dq, dk, dv]: [HeadsMut; 3],
    out: (usize, usize),
    mut scratch: Scratch,
) {
    let tile = Tile::of(instructions::in_use());
    let lines = sizes.size.div_ceil(LINE);
    let (width, rows) = (lines * LINE, queries.len().next_multiple_of(ROWS));
    let (per_chunk, chunk_panels) = (lines * CHUNK, CHUNK / LINE * sizes.size);
    let (sequence, kv_head) = (queries.sequence, sizes.kv_head(queries.head));
    let (q, y, dy) = (
        saved.q.head(sequence, queries.head),
        saved.y.head(sequence, queries.head),
        saved.dy.head(sequence, queries.head),
    );
    let (k, v) = (saved.k.head(sequence, kv_head), saved.v.head(sequence, kv_head));
    let (d_query, along) = (scratch.floats(rows * width), scratch.floats(rows));
    let (keys_t, values_t, keys) = (scratch.lines(chunk_panels), scratch.lines(chunk_panels), scratch.lines(per_chunk));
    let (d_keys, d_values) = (scratch.floats((CHUNK + tile.rows) * width), scratch.floats((CHUNK + tile.rows) * width));
    let (query, query_panels) = (scratch.floats(BLOCK * width), scratch.lines(BLOCK * lines));
    let (d_output, d_output_panels) = (scratch.floats(BLOCK * width), scratch.lines(BLOCK * lines));
    let (p, ds) = (scratch.floats(BLOCK * STRIDE), scratch.floats(BLOCK * STRIDE));
    let kept = scratch.floats(keep::ROOM);
    d_query.fill(0.0);
    dots(dy, y, queries.range.clone(), along);
    let start = queries.head_number(sizes) * sizes.queries + queries.range.start;
    let state = Row { along, log_sum_exp: &saved.log_sum_exp[start..] };
    for chunk in pieces(0..sizes.keys, CHUNK) {
        transposed(k, chunk.clone(), keys_t);
        transposed(v, chunk.clone(), values_t);
        panels(k, chunk.clone(), 1.0, CHUNK, keys);
        let end = (chunk.len() + tile.rows) * width;
        d_keys[..end].fill(0.0);
        d_values[..end].fill(0.0);
        for block in pieces(0..rows, BLOCK) {
            let spans = Spans::of(tile, sizes, queries, block.clone(), &chunk);
            if spans.all().is_empty() {
                continue;
            }
            let first = queries.range.start + block.start;
            let times = first..queries.range.end.min(first + block.len());
            copy(q, times.clone(), sizes.scale, query);
            panels(q, times.clone(), sizes.scale, BLOCK, query_panels);
            copy(dy, times.clone(), 1.0, d_output);
            panels(dy, times.clone(), 1.0, BLOCK, d_output_panels);
            multiply_by_columns(&spans, query, width, keys_t, sizes.size, p);
            multiply_by_columns(&spans, d_output, width, values_t, sizes.size, ds);
            for (rows, span) in spans.tiles() {
                let scores = rows.start * STRIDE..rows.end * STRIDE;
                let rows = block.start + rows.start..block.start + rows.end;
                weigh(sizes, queries, rows, &chunk, span, &mut p[scores.clone()], &mut ds[scores], kept, &state);
            }
            multiply_transposed(&spans, p, d_output_panels, d_values, width);
            multiply_transposed(&spans, ds, query_panels, d_keys, width);
            multiply_by_rows(&spans, ds, keys, &mut d_query[block.start * width..], width, true);
        }
        for (row, key) in chunk.enumerate() {
            // SAFETY: no other thread uses these, as the caller promises.
            let (dk, dv) = unsafe { (dk.row(out.0, out.1, key), dv.row(out.0, out.1, key)) };
            dk.copy_from_slice(&d_keys[row * width..][..sizes.size]);
            dv.copy_from_slice(&d_values[row * width..][..sizes.size]);
        }
    }
    for (row, query) in queries.range.clone().enumerate() {
        // SAFETY: as above.
        let out = unsafe { dq.row(sequence, queries.head, query) };
        scaled(&d_query[row * width..], sizes.scale, out);
    }
}

/// Turns a tile's scores of a chunk into weights, and the gradient of the weights into that of the scores; zero in both
/// where a key is hidden, one line beyond the span on each side included.
fn weigh(
    sizes: &Sizes,
    queries: &Queries,
    rows: Range<usize>,
    chunk: &Range<usize>,
    span: &Range<usize>,
    p: &mut [f32],
    ds: &mut [f32],
    kept: &mut [f32],
    state: &Row,
) {
    let lines = lines_of(span);
    let columns = lines.start * LINE..lines.end * LINE;
    let around = columns.start.saturating_sub(LINE)..columns.end + LINE;
    for (row, (p, ds)) in rows.clone().zip(p.chunks_exact_mut(STRIDE).zip(ds.chunks_exact_mut(STRIDE))) {
        let visible = queries.span(sizes, row..row + 1, chunk);
        hide(p, columns.clone(), &visible, f32::NEG_INFINITY);
        hide(p, around.clone(), &columns, 0.0);
        hide(ds, around.clone(), &visible, 0.0);
    }
    let (logarithms, along) = (&state.log_sum_exp[rows.clone()], &state.along[rows.clone()]);
    let Some(keep) = sizes.dropout else {
        return unweigh(lines_mut(p), lines_mut(ds), STRIDE / LINE, lines, logarithms, along);
    };
    let along = logarithms.iter().zip(along);
    let scores = p.chunks_exact_mut(STRIDE).zip(ds.chunks_exact_mut(STRIDE));
    for (row, ((p, ds), (&logarithm, &along))) in rows.zip(scores.zip(along)) {
        let first = queries.weight_number(sizes, row, chunk.start + columns.start);
        factors(keep, first, columns.len(), kept);
        unweigh_dropped(&mut p[columns.clone()], &mut ds[columns.clone()], kept, logarithm, along);
    }
}
