//! From scores to weights, a row of lines at a time.

use super::tile::{LINE, Line};
use crate::dropout::Keep;
use crate::math::exp;
use std::ops::Range;

/// Sets the scores outside the visible ones to minus infinity, so that whole lines can be worked on.
#[inline(always)]
pub fn hide(scores: &mut [f32], visible: &Range<usize>, value: f32) {
    scores[..visible.start].fill(value);
    scores[visible.end..].fill(value);
}

/// The largest number; a NaN is passed over.
#[inline(always)]
pub fn largest(lines: &[Line]) -> f32 {
    let mut partial = [f32::NEG_INFINITY; LINE];
    for Line(line) in lines {
        for (largest, x) in partial.iter_mut().zip(line) {
            *largest = if *x > *largest { *x } else { *largest };
        }
    }
    fold(partial, |a, b| if b > a { b } else { a })
}

/// `x = exp(x - largest)` in place; returns the sum.
#[inline(always)]
pub fn exponentials(lines: &mut [Line], largest: f32) -> f32 {
    let mut partial = [0.0f32; LINE];
    for Line(line) in lines {
        for (sum, x) in partial.iter_mut().zip(line) {
            *x = exp(*x - largest);
            *sum += *x;
        }
    }
    fold(partial, |a, b| a + b)
}

/// Scores to weights in `p`, and the gradient of the weights to that of the scores in `ds`.
#[inline(always)]
pub fn backward(p: &mut [Line], ds: &mut [Line], log_sum_exp: f32, along: f32) {
    for (Line(p), Line(ds)) in p.iter_mut().zip(ds) {
        for (p, ds) in p.iter_mut().zip(ds) {
            *p = exp(*p - log_sum_exp);
            *ds = *p * (*ds - along);
        }
    }
}

/// Drops weights; `first` is the number of the first one in [batch, nHeads, query, key].
#[inline(always)]
pub fn drop(p: &mut [f32], keep: &Keep, first: usize) {
    keep.each(first, p.len(), |i, factor| p[i] *= factor);
}

/// As [`backward`], of weights that were dropped.
#[inline(always)]
pub fn backward_dropped(p: &mut [f32], ds: &mut [f32], log_sum_exp: f32, along: f32, keep: &Keep, first: usize) {
    keep.each(first, p.len(), |i, factor| {
        let weight = exp(p[i] - log_sum_exp);
        p[i] = weight * factor;
        ds[i] = weight * (ds[i] * factor - along);
    });
}

#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (mut partial, b) = ([0.0f32; LINE], &b[..a.len()]);
    let (whole, rest) = a.as_chunks::<LINE>();
    let (whole_b, rest_b) = b.as_chunks::<LINE>();
    for (a, b) in whole.iter().zip(whole_b) {
        for (sum, (a, b)) in partial.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    for (sum, (a, b)) in partial.iter_mut().zip(rest.iter().zip(rest_b)) {
        *sum += a * b;
    }
    fold(partial, |a, b| a + b)
}

#[inline(always)]
fn fold(mut partial: [f32; LINE], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut width = LINE / 2;
    while width > 0 {
        for lane in 0..width {
            partial[lane] = f(partial[lane], partial[lane + width]);
        }
        width /= 2;
    }
    partial[0]
}
