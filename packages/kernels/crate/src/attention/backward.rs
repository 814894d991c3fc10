//! The backward pass over some queries of one head. The weights are computed again from the saved logarithms.

use super::heads::{Heads, HeadsMut, copy, panels, transposed};
use super::keep::{self, factors};
use super::scores::{BLOCK, CHUNK, STRIDE, Spans, multiply_by_columns, multiply_by_rows, multiply_transposed};
use super::sizes::{Queries, Sizes, pieces};
use super::tile::{LINE, ROWS, Scratch, Tile, lines_mut, lines_of, with_scratch};
use super::weights::{dot, hide, scaled, unweigh, unweigh_dropped};
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
    for (along, query) in along.iter_mut().zip(queries.range.clone()) {
        *along = dot(dy.row(query), y.row(query));
    }
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
            for row in 0..times.len() {
                let (p, ds) = (&mut p[row * STRIDE..][..STRIDE], &mut ds[row * STRIDE..][..STRIDE]);
                let span = spans.of_row(row);
                weigh(sizes, queries, block.start + row, &chunk, span, p, ds, kept, &state);
            }
            multiply_transposed(&spans, p, d_output_panels, d_values, width);
            multiply_transposed(&spans, ds, query_panels, d_keys, width);
            multiply_by_rows(&spans, ds, keys, &mut d_query[block.start * width..], width);
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

/// Turns a row's scores of a chunk into weights, and the gradient of the weights into that of the scores; zero in both
/// where a key is hidden, one line beyond the span on each side included.
fn weigh(
    sizes: &Sizes,
    queries: &Queries,
    row: usize,
    chunk: &Range<usize>,
    span: &Range<usize>,
    p: &mut [f32],
    ds: &mut [f32],
    kept: &mut [f32],
    state: &Row,
) {
    let whole = lines_of(span);
    let (start, end) = (whole.start * LINE, whole.end * LINE);
    let before = start.saturating_sub(LINE)..start;
    for beside in [before, end..end + LINE] {
        p[beside.clone()].fill(0.0);
        ds[beside].fill(0.0);
    }
    let (p, ds) = (&mut p[start..end], &mut ds[start..end]);
    let visible = queries.span(sizes, row..row + 1, chunk);
    if visible.is_empty() {
        p.fill(0.0);
        return ds.fill(0.0);
    }
    hide(p, visible.start - start..visible.end - start, f32::NEG_INFINITY);
    hide(ds, visible.start - start..visible.end - start, 0.0);
    let (logarithm, along) = (state.log_sum_exp[row], state.along[row]);
    match sizes.dropout {
        None => unweigh(lines_mut(p), lines_mut(ds), logarithm, along),
        Some(keep) => {
            let first = queries.weight_number(sizes, row, chunk.start + start);
            factors(keep, first, p.len(), kept);
            unweigh_dropped(p, ds, kept, logarithm, along);
        }
    }
}
