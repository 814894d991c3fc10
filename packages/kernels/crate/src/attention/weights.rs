//! From scores to weights, a row of lines at a time.

use super::tile::{LINE, Line};
use crate::math::exp_bounded;
use crate::simd::multiversion;
use std::ops::Range;

/// Sets the numbers of these columns outside the visible ones, so that whole lines can be worked on.
pub fn hide(scores: &mut [f32], columns: Range<usize>, visible: &Range<usize>, value: f32) {
    let start = visible.start.clamp(columns.start, columns.end);
    let end = visible.end.clamp(start, columns.end);
    scores[columns.start..start].fill(value);
    scores[end..columns.end].fill(value);
}

multiversion! {
    /// `x = exp(x - highest)` in place, in these lines of rows `stride` lines apart, where `highest` is the largest
    /// number of the row, at least what it was; writes the sums. A NaN is passed over by the largest, not by the sum.
    pub fn exponentials(
        lines: &mut [Line],
        stride: usize,
        columns: Range<usize>,
        highest: &mut [f32],
        totals: &mut [f32],
    ) {
        // All rows' largest come first: a row's exponentials need not wait for them.
        for (lines, highest) in lines.chunks(stride).zip(highest.iter_mut()) {
            let mut partial = [*highest; LINE];
            for Line(line) in &lines[columns.clone()] {
                for lane in 0..LINE {
                    partial[lane] = if line[lane] > partial[lane] { line[lane] } else { partial[lane] };
                }
            }
            *highest = fold(partial, |a, b| if b > a { b } else { a });
        }
        for ((lines, &mut highest), total) in lines.chunks_mut(stride).zip(highest).zip(totals) {
            // Where all is hidden, exponentials are zero.
            let highest = if highest == f32::NEG_INFINITY { 0.0 } else { highest };
            let mut partial = [0.0f32; LINE];
            for Line(line) in &mut lines[columns.clone()] {
                for lane in 0..LINE {
                    line[lane] = exp_bounded(line[lane] - highest);
                    partial[lane] += line[lane];
                }
            }
            *total = fold(partial, |a, b| a + b);
        }
    }

    /// Scores to weights in `p`, and the gradient of the weights to that of the scores in `ds`, in these lines of rows
    /// `stride` lines apart.
    pub fn unweigh(
        p: &mut [Line],
        ds: &mut [Line],
        stride: usize,
        columns: Range<usize>,
        log_sum_exp: &[f32],
        along: &[f32],
    ) {
        let rows = p.chunks_mut(stride).zip(ds.chunks_mut(stride));
        for ((p, ds), (&log_sum_exp, &along)) in rows.zip(log_sum_exp.iter().zip(along)) {
            for (Line(p), Line(ds)) in p[columns.clone()].iter_mut().zip(&mut ds[columns.clone()]) {
                for lane in 0..LINE {
                    p[lane] = exp_bounded(p[lane] - log_sum_exp);
                    ds[lane] = p[lane] * (ds[lane] - along);
                }
            }
        }
    }

    /// As [`unweigh`], of weights that were multiplied by factors.
    pub fn unweigh_dropped(p: &mut [f32], ds: &mut [f32], factors: &[f32], log_sum_exp: f32, along: f32) {
        for ((p, ds), factor) in p.iter_mut().zip(ds).zip(factors) {
            let weight = exp_bounded(*p - log_sum_exp);
            *p = weight * factor;
            *ds = weight * (*ds * factor - along);
        }
    }

    pub fn multiply(x: &mut [f32], factors: &[f32]) {
        for (x, factor) in x.iter_mut().zip(factors) {
            *x *= factor;
        }
    }

    /// `out = x * factor`, as far as the shorter goes.
    pub fn scaled(x: &[f32], factor: f32, out: &mut [f32]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = x * factor;
        }
    }
}

#[inline(always)]
pub fn dot_lines(a: &[f32], b: &[f32]) -> f32 {
    let mut partial = [0.0f32; LINE];
    let (lines, rest) = a.as_chunks::<LINE>();
    let (b_lines, b_rest) = b[..a.len()].as_chunks::<LINE>();
    for (a, b) in lines.iter().zip(b_lines) {
        for lane in 0..LINE {
            partial[lane] += a[lane] * b[lane];
        }
    }
    let mut last = [0.0f32; LINE];
    for (last, (a, b)) in last.iter_mut().zip(rest.iter().zip(b_rest)) {
        *last = a * b;
    }
    for lane in 0..LINE {
        partial[lane] += last[lane];
    }
    fold(partial, |a, b| a + b)
}

#[inline(always)]
fn fold(partial: [f32; LINE], f: impl Fn(f32, f32) -> f32) -> f32 {
    // An array for each step: in place the compiler would work on single numbers in memory.
    let eight: [f32; 8] = std::array::from_fn(|lane| f(partial[lane], partial[lane + 8]));
    let four: [f32; 4] = std::array::from_fn(|lane| f(eight[lane], eight[lane + 4]));
    f(f(four[0], four[2]), f(four[1], four[3]))
}
