//! From scores to weights, a row of lines at a time.

use super::lines::LINE;
use crate::math::exp_bounded;
use crate::simd::multiversion;
use std::ops::Range;

multiversion! {
    /// `x = exp(x - highest)` in place in these columns, whole lines, of rows `stride` apart, and zero where a row does
    /// not see the key, where `highest` is the largest visible number of the row, at least what it was; writes the sums.
    /// A NaN is passed over by the largest, not by the sum.
    pub fn exponentials(
        scores: &mut [f32],
        stride: usize,
        columns: Range<usize>,
        visible: &[Range<usize>],
        highest: &mut [f32],
        totals: &mut [f32],
    ) {
        for (row, visible) in scores.chunks_mut(stride).zip(visible) {
            let start = visible.start.clamp(columns.start, columns.end);
            let end = visible.end.clamp(start, columns.end);
            row[columns.start..start].fill(f32::NEG_INFINITY);
            row[end..columns.end].fill(f32::NEG_INFINITY);
        }
        // All rows' largest come first: a row's exponentials need not wait for them.
        for (row, highest) in scores.chunks(stride).zip(highest.iter_mut()) {
            let mut partial = [*highest; LINE];
            for line in row[columns.clone()].as_chunks::<LINE>().0 {
                for lane in 0..LINE {
                    partial[lane] = if line[lane] > partial[lane] { line[lane] } else { partial[lane] };
                }
            }
            *highest = fold(partial, |a, b| if b > a { b } else { a });
        }
        for ((row, &mut highest), total) in scores.chunks_mut(stride).zip(highest).zip(totals) {
            // Where all is hidden, exponentials are zero.
            let highest = if highest == f32::NEG_INFINITY { 0.0 } else { highest };
            let mut partial = [0.0f32; LINE];
            for line in row[columns.clone()].as_chunks_mut::<LINE>().0 {
                for lane in 0..LINE {
                    line[lane] = exp_bounded(line[lane] - highest);
                    partial[lane] += line[lane];
                }
            }
            *total = fold(partial, |a, b| a + b);
        }
    }

    /// Scores to weights in `p`, and the gradient of the weights to that of the scores in `ds`, in these columns, whole
    /// lines, of rows `stride` apart; zero in both where a row does not see the key.
    pub fn unweigh(
        p: &mut [f32],
        ds: &mut [f32],
        stride: usize,
        columns: Range<usize>,
        visible: &[Range<usize>],
        log_sum_exp: &[f32],
        along: &[f32],
    ) {
        let rows = p.chunks_mut(stride).zip(ds.chunks_mut(stride)).zip(visible);
        for (((p, ds), visible), (&log_sum_exp, &along)) in rows.zip(log_sum_exp.iter().zip(along)) {
            let (p, ds) = (&mut p[columns.clone()], &mut ds[columns.clone()]);
            let lines = p.as_chunks_mut::<LINE>().0.iter_mut().zip(ds.as_chunks_mut::<LINE>().0);
            for (i, (p, ds)) in lines.enumerate() {
                let sees = seeing(visible, columns.start + i * LINE);
                for lane in 0..LINE {
                    let weight = exp_bounded(p[lane] - log_sum_exp);
                    p[lane] = if sees[lane] { weight } else { 0.0 };
                    ds[lane] = if sees[lane] { weight * (ds[lane] - along) } else { 0.0 };
                }
            }
        }
    }

    pub fn multiply(x: &mut [f32], factors: &[f32]) {
        for (x, factor) in x.iter_mut().zip(factors) {
            *x *= factor;
        }
    }

    pub fn scale(y: &mut [f32], factor: f32) {
        for y in y.iter_mut() {
            *y *= factor;
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

/// Which of the keys of a line, from `first` on, are visible.
#[inline(always)]
fn seeing(visible: &Range<usize>, first: usize) -> [bool; LINE] {
    let (start, end) = (visible.start as i32, visible.end as i32);
    std::array::from_fn(|lane| {
        let key = (first + lane) as i32;
        start <= key && key < end
    })
}

#[inline(always)]
fn fold(partial: [f32; LINE], f: impl Fn(f32, f32) -> f32) -> f32 {
    // An array for each step: in place the compiler would work on single numbers in memory.
    let eight: [f32; 8] = std::array::from_fn(|lane| f(partial[lane], partial[lane + 8]));
    let four: [f32; 4] = std::array::from_fn(|lane| f(eight[lane], eight[lane + 4]));
    f(f(four[0], four[2]), f(four[1], four[3]))
}
