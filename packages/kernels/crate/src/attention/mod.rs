//! Scaled dot-product attention over heads that lie side by side in the last axis.

use crate::math::exp;
use crate::memory::Parts;
use crate::pool;
use crate::product::{View, multiply};
use crate::simd::{max, multiversion, sum};
use std::cell::RefCell;

/// `q` is [batch, queries, heads * size], `k` and `v` [batch, keys, heads * size].
#[derive(Clone, Copy)]
pub struct Sizes {
    pub batch: usize,
    pub queries: usize,
    pub keys: usize,
    pub heads: usize,
    pub size: usize,
    /// A query sees the keys up to its own position; the last query stands at the last key.
    pub causal: bool,
}

/// Queries whose scores are held at one time.
const BLOCK: usize = 64;

/// Writes the output, of q's shape, and the logarithms of the sums of exponentials, [batch, heads, queries].
pub fn forward(sizes: Sizes, q: &[f32], k: &[f32], v: &[f32], y: &mut [f32], log_sum_exp: &mut [f32]) {
    let Sizes { batch, queries, heads, .. } = sizes;
    let blocks = queries.div_ceil(BLOCK);
    let (y, log_sum_exp) = (Parts::of(y), Parts::of(log_sum_exp));
    pool::run(batch * heads * blocks, |task| {
        // The longest blocks first, so that threads end together.
        let (block, head) = (blocks - 1 - task / (batch * heads), task % (batch * heads));
        let head = Head::at(sizes, head);
        let (start, end) = (block * BLOCK, ((block + 1) * BLOCK).min(queries));
        let (rows, columns) = (end - start, sizes.visible(end - 1));
        with_scratch(BLOCK * columns, |scores| {
            // SAFETY: every task writes its own rows of one head.
            unsafe {
                multiply(
                    rows,
                    columns,
                    sizes.size,
                    head.query(q, start),
                    head.key(k).transposed(),
                    scores.as_mut_ptr(),
                    columns,
                    sizes.scale(),
                    false,
                );
                let logarithms = log_sum_exp.part(head.index * queries + start, rows);
                for (row, logarithm) in logarithms.iter_mut().enumerate() {
                    *logarithm = softmax(&mut scores[row * columns..][..columns], sizes.visible(start + row));
                }
                let scores = View { data: scores.as_ptr(), row: columns, column: 1 };
                multiply(
                    rows,
                    sizes.size,
                    columns,
                    scores,
                    head.key(v),
                    y.pointer(head.query_offset(start)),
                    head.stride,
                    1.0,
                    false,
                );
            }
        });
    });
}

/// The tensors of [`backward`]: `dy`, `q` and `y` of one shape, `k` and `v` of one shape.
pub struct Saved<'a> {
    pub dy: &'a [f32],
    pub q: &'a [f32],
    pub k: &'a [f32],
    pub v: &'a [f32],
    pub y: &'a [f32],
    pub log_sum_exp: &'a [f32],
}

/// Writes the gradients of q, k and v. The weights are computed again from the saved logarithms.
pub fn backward(sizes: Sizes, saved: &Saved, dq: &mut [f32], dk: &mut [f32], dv: &mut [f32]) {
    let Sizes { batch, queries, keys, heads, size, .. } = sizes;
    let (dq, dk, dv) = (Parts::of(dq), Parts::of(dk), Parts::of(dv));
    pool::run(batch * heads, |task| {
        let head = Head::at(sizes, task);
        for key in 0..keys {
            let offset = head.key_offset + key * head.stride;
            // SAFETY: every task writes the columns of its own head, here and below.
            unsafe {
                dk.part(offset, size).fill(0.0);
                dv.part(offset, size).fill(0.0);
            }
        }
        for start in (0..queries).step_by(BLOCK) {
            let rows = BLOCK.min(queries - start);
            let columns = sizes.visible(start + rows - 1);
            with_scratch(2 * BLOCK * columns, |scratch| unsafe {
                let (p, ds) = scratch.split_at_mut(BLOCK * columns);
                let (query, d_query) = (head.query(saved.q, start), head.query(saved.dy, start));
                let (key, value) = (head.key(saved.k), head.key(saved.v));
                multiply(rows, columns, size, query, key.transposed(), p.as_mut_ptr(), columns, sizes.scale(), false);
                multiply(rows, columns, size, d_query, value.transposed(), ds.as_mut_ptr(), columns, 1.0, false);
                for row in 0..rows {
                    let offset = head.query_offset(start + row);
                    let along = dot(&saved.dy[offset..][..size], &saved.y[offset..][..size]);
                    let logarithm = saved.log_sum_exp[head.index * queries + start + row];
                    let range = row * columns..(row + 1) * columns;
                    softmax_backward(
                        &mut p[range.clone()],
                        &mut ds[range],
                        sizes.visible(start + row),
                        logarithm,
                        along,
                        sizes.scale(),
                    );
                }
                let p = View { data: p.as_ptr(), row: columns, column: 1 };
                let ds = View { data: ds.as_ptr(), row: columns, column: 1 };
                multiply(
                    columns,
                    size,
                    rows,
                    p.transposed(),
                    d_query,
                    dv.pointer(head.key_offset),
                    head.stride,
                    1.0,
                    true,
                );
                multiply(
                    columns,
                    size,
                    rows,
                    ds.transposed(),
                    query,
                    dk.pointer(head.key_offset),
                    head.stride,
                    1.0,
                    true,
                );
                multiply(rows, size, columns, ds, key, dq.pointer(head.query_offset(start)), head.stride, 1.0, false);
            });
        }
    });
}

impl Sizes {
    fn scale(&self) -> f32 {
        1.0 / (self.size as f32).sqrt()
    }

    /// How many keys a query sees.
    fn visible(&self, query: usize) -> usize {
        if self.causal { query + 1 + self.keys - self.queries } else { self.keys }
    }
}

/// Where a head of one sequence lies.
struct Head {
    index: usize,
    stride: usize,
    query_start: usize,
    key_offset: usize,
}

impl Head {
    fn at(sizes: Sizes, index: usize) -> Head {
        let stride = sizes.heads * sizes.size;
        let (sequence, head) = (index / sizes.heads, index % sizes.heads);
        Head {
            index,
            stride,
            query_start: sequence * sizes.queries * stride + head * sizes.size,
            key_offset: sequence * sizes.keys * stride + head * sizes.size,
        }
    }

    fn query_offset(&self, query: usize) -> usize {
        self.query_start + query * self.stride
    }

    fn query(&self, x: &[f32], query: usize) -> View {
        View { data: x[self.query_offset(query)..].as_ptr(), row: self.stride, column: 1 }
    }

    fn key(&self, x: &[f32]) -> View {
        View { data: x[self.key_offset..].as_ptr(), row: self.stride, column: 1 }
    }
}

fn with_scratch<R>(length: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    thread_local! {
        static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
    }
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.len() < length {
            scratch.resize(length, 0.0);
        }
        f(&mut scratch[..length])
    })
}

multiversion! {
    /// Softmax of the first n elements in place, zero in the others; returns the logarithm of the sum.
    pub fn softmax(x: &mut [f32], n: usize) -> f32 {
        let (x, hidden) = x.split_at_mut(n);
        let largest = max(n, |i| x[i]);
        for x in x.iter_mut() {
            *x = exp(*x - largest);
        }
        let total = sum(n, |i| x[i]);
        let inverse = 1.0 / total;
        for x in x.iter_mut() {
            *x *= inverse;
        }
        hidden.fill(0.0);
        largest + total.ln()
    }

    /// Scores to weights in `p`, and the gradient of the weights to that of the scores (times scale) in `ds`;
    /// zero in both beyond n.
    pub fn softmax_backward(p: &mut [f32], ds: &mut [f32], n: usize, log_sum_exp: f32, along: f32, scale: f32) {
        let ((p, p_hidden), (ds, ds_hidden)) = (p.split_at_mut(n), ds.split_at_mut(n));
        for (p, ds) in p.iter_mut().zip(ds.iter_mut()) {
            let weight = exp(*p - log_sum_exp);
            *p = weight;
            *ds = weight * (*ds - along) * scale;
        }
        p_hidden.fill(0.0);
        ds_hidden.fill(0.0);
    }

    pub fn dot(a: &[f32], b: &[f32]) -> f32 {
        let n = a.len();
        let b = &b[..n];
        sum(n, |i| a[i] * b[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn output_and_gradients_agree_with_loops() {
        let shapes = [(1, 1, 1, 1, 1), (2, 5, 5, 3, 7), (1, 70, 70, 2, 8), (1, 3, 130, 1, 4), (1, 129, 200, 1, 2)];
        for (batch, queries, keys, heads, size) in shapes {
            for causal in [true, false] {
                check(Sizes { batch, queries, keys, heads, size, causal });
            }
        }
    }

    fn check(sizes: Sizes) {
        let Sizes { batch, queries, keys, heads, size, .. } = sizes;
        let (nq, nk) = (batch * queries * heads * size, batch * keys * heads * size);
        let (q, k, v, dy) = (numbers(nq, 1), numbers(nk, 2), numbers(nk, 3), numbers(nq, 4));
        let (mut y, mut logarithms) = (vec![f32::NAN; nq], vec![f32::NAN; batch * heads * queries]);
        forward(sizes, &q, &k, &v, &mut y, &mut logarithms);
        let (mut dq, mut dk, mut dv) = (vec![f32::NAN; nq], vec![f32::NAN; nk], vec![f32::NAN; nk]);
        let saved = Saved { dy: &dy, q: &q, k: &k, v: &v, y: &y, log_sum_exp: &logarithms };
        backward(sizes, &saved, &mut dq, &mut dk, &mut dv);

        let (mut ey, mut edq, mut edk, mut edv) = (vec![0.0; nq], vec![0.0; nq], vec![0.0; nk], vec![0.0; nk]);
        for b in 0..batch {
            for h in 0..heads {
                for i in 0..queries {
                    let iq = |c: usize| ((b * queries + i) * heads + h) * size + c;
                    let ik = |j: usize, c: usize| ((b * keys + j) * heads + h) * size + c;
                    let scale = 1.0 / (size as f64).sqrt();
                    let n = if sizes.causal { i + 1 + keys - queries } else { keys };
                    let product = |a: &[f32], b: &[f32], j: usize| {
                        (0..size).map(|c| f64::from(a[iq(c)]) * f64::from(b[ik(j, c)])).sum::<f64>()
                    };
                    let p: Vec<f64> = (0..n).map(|j| (product(&q, &k, j) * scale).exp()).collect();
                    let total = p.iter().sum::<f64>();
                    close(logarithms[(b * heads + h) * queries + i], total.ln(), 1e-5);
                    let dp: Vec<f64> = (0..n).map(|j| product(&dy, &v, j)).collect();
                    let along = (0..n).map(|j| dp[j] * p[j] / total).sum::<f64>();
                    for j in 0..n {
                        let p = p[j] / total;
                        let ds = p * (dp[j] - along) * scale;
                        for c in 0..size {
                            ey[iq(c)] += p * f64::from(v[ik(j, c)]);
                            edv[ik(j, c)] += p * f64::from(dy[iq(c)]);
                            edq[iq(c)] += ds * f64::from(k[ik(j, c)]);
                            edk[ik(j, c)] += ds * f64::from(q[iq(c)]);
                        }
                    }
                }
            }
        }
        for (found, expected) in [(&y, &ey), (&dq, &edq), (&dk, &edk), (&dv, &edv)] {
            found.iter().zip(expected).for_each(|(&found, &expected)| close(found, expected, 2e-5));
        }
    }
}
