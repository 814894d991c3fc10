//! The backward pass over some queries of one head. The weights are computed again from the saved logarithms.

use super::heads::{Heads, HeadsMut, copy, dots, transposed};
use super::keep::{self, factors};
use super::lines::{LINE, Scratch, with_scratch};
use super::scores::{CHUNK, Rows, STRIDE, columns, multiply_by_columns, multiply_by_rows, multiply_transposed, seen};
use super::sizes::{Queries, Sizes, pieces};
use super::weights::{multiply, unweigh};
use crate::product::{Compute, kernels};

/// Rows of scores held at a time, a multiple of every tile's: these stay in the second-level cache.
const BLOCK: usize = 96;

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
    let width = sizes.size.next_multiple_of(LINE);
    let (chunk, block) = (CHUNK * sizes.size, BLOCK * width);
    let lengths = [chunk, chunk, CHUNK * width, block, block, BLOCK, BLOCK * STRIDE, BLOCK * STRIDE, keep::ROOM];
    with_scratch(&lengths, |scratch| {
        in_scratch(sizes, queries, saved, [dq, dk, dv], out, scratch);
    });
}

fn in_scratch(
    sizes: &Sizes,
    queries: &Queries,
    saved: &Saved,
    [dq, dk, dv]: [HeadsMut; 3],
    out: (usize, usize),
    mut scratch: Scratch,
) {
    let kernels = kernels(Compute::F32);
    let (size, width, n) = (sizes.size, sizes.size.next_multiple_of(LINE), queries.len());
    let (sequence, head, kv_head) = (queries.sequence, queries.head, sizes.kv_head(queries.head));
    let [q, y, dy] = [saved.q, saved.y, saved.dy].map(|heads| heads.head(sequence, head));
    let [k, v] = [saved.k, saved.v].map(|heads| heads.head(sequence, kv_head));
    let (keys_t, values_t) = (scratch.floats(CHUNK * size), scratch.floats(CHUNK * size));
    let keys = scratch.floats(CHUNK * width);
    let (query, d_output) = (scratch.floats(BLOCK * width), scratch.floats(BLOCK * width));
    let along = scratch.floats(BLOCK);
    let (p, ds) = (scratch.floats(BLOCK * STRIDE), scratch.floats(BLOCK * STRIDE));
    let kept = scratch.floats(keep::ROOM);
    let logarithms = &saved.log_sum_exp[queries.head_number(sizes) * sizes.queries..];
    for chunk in pieces(0..sizes.keys, CHUNK) {
        transposed(kernels, k, chunk.clone(), keys_t);
        transposed(kernels, v, chunk.clone(), values_t);
        copy(k, chunk.clone(), sizes.scale, keys);
        // Without queries there is an empty block, which clears.
        for start in (0..n.max(1)).step_by(BLOCK) {
            let block = start..n.min(start + BLOCK);
            let visible: [_; BLOCK] = std::array::from_fn(|i| queries.visible(sizes, start + i, &chunk));
            let visible = &visible[..block.len()];
            if seen(visible).is_empty() && start > 0 && chunk.start > 0 {
                continue;
            }
            let times = queries.times(&block);
            copy(q, times.clone(), sizes.scale, query);
            copy(dy, times.clone(), 1.0, d_output);
            dots(dy, y, times.clone(), along);
            let [query, d_output, keys] = [&*query, &*d_output, &*keys].map(|data| Rows { data, width });
            for rows in pieces(0..block.len(), kernels.rows) {
                let (visible, at) = (&visible[rows.clone()], rows.start);
                let (seen, n) = (seen(visible), rows.len());
                let columns = columns(kernels, seen.clone(), chunk.len());
                let (p, ds) = (&mut p[at * STRIDE..][..n * STRIDE], &mut ds[at * STRIDE..][..n * STRIDE]);
                multiply_by_columns(kernels, n, &columns, query.from(at), keys_t, size, p);
                multiply_by_columns(kernels, n, &columns, d_output.from(at), values_t, size, ds);
                let times = times.start + rows.start..times.start + rows.end;
                let (logarithms, along) = (&logarithms[times.clone()], &along[rows.clone()]);
                if let Some(keep) = sizes.dropout {
                    let scores = p.chunks_exact_mut(STRIDE).zip(ds.chunks_exact_mut(STRIDE));
                    for (i, (p, ds)) in scores.enumerate() {
                        let key = chunk.start + columns.start;
                        factors(keep, queries.weight_number(sizes, start + at + i, key), columns.len(), kept);
                        multiply(&mut ds[columns.clone()], kept);
                        unweigh(p, ds, STRIDE, columns.clone(), &visible[i..], &logarithms[i..], &along[i..]);
                        multiply(&mut p[columns.clone()], kept);
                    }
                } else {
                    unweigh(p, ds, STRIDE, columns, visible, logarithms, along);
                }
                let out = dq.output(sequence, head, times, chunk.start > 0);
                // SAFETY: no other thread uses these rows, as the caller promises.
                unsafe { multiply_by_rows(kernels, n, seen, ds, keys, out) }
            }
            let d_values = dv.output(out.0, out.1, chunk.clone(), start > 0);
            let d_keys = dk.output(out.0, out.1, chunk.clone(), start > 0);
            for keys in pieces(0..chunk.len(), kernels.rows) {
                // SAFETY: as above.
                unsafe {
                    multiply_transposed(kernels, visible, keys.clone(), p, d_output, d_values);
                    multiply_transposed(kernels, visible, keys, ds, query, d_keys);
                }
            }
        }
    }
}
