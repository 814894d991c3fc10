//! Sums.

use crate::memory::{Parts, piece};
use crate::pool;
use crate::simd::{multiversion, sum};
use std::sync::Mutex;

/// The sum of the squares of all elements, in double precision over pieces.
pub fn sum_of_squares(x: &[f32]) -> f64 {
    in_pieces(x, sum_of_squares_piece)
}

/// The sum of all elements, in double precision over pieces.
pub fn sum_all(x: &[f32]) -> f64 {
    in_pieces(x, sum_piece)
}

/// The sums of the rows of x, [rows, width] with `rows = out.len()`.
pub fn sum_rows(x: &[f32], out: &mut [f32]) {
    let rows = out.len();
    let width = x.len().checked_div(rows).unwrap_or(0);
    let size = piece(rows, (1 << 13) / width.max(1), 16);
    let out = Parts::of(out);
    pool::run(rows.div_ceil(size), |task| {
        for row in task * size..((task + 1) * size).min(rows) {
            // SAFETY: every row belongs to one task.
            unsafe { out.set(row, sum_piece(&x[row * width..][..width])) };
        }
    });
}

/// The sums of the columns of x, [rows, width] with `width = out.len()`.
pub fn sum_columns(x: &[f32], out: &mut [f32]) {
    let width = out.len();
    let rows = x.len().checked_div(width).unwrap_or(0);
    let size = piece(rows, (1 << 14) / width.max(1), 8);
    let tasks = rows.div_ceil(size);
    let mut partial = vec![0.0; tasks * width];
    let parts = Parts::of(&mut partial);
    pool::run(tasks, |task| {
        // SAFETY: every task has its own sums.
        let sums = unsafe { parts.part(task * width, width) };
        for row in task * size..((task + 1) * size).min(rows) {
            add_row(&x[row * width..][..width], sums);
        }
    });
    out.fill(0.0);
    partial.chunks_exact(width.max(1)).for_each(|sums| add_row(sums, out));
}

fn in_pieces(x: &[f32], f: fn(&[f32]) -> f32) -> f64 {
    // Short pieces: each is summed in float32.
    const LENGTH: usize = 1 << 12;
    let pieces = x.len().div_ceil(LENGTH);
    let per_task = piece(pieces, 4, 16);
    let totals = Mutex::new(vec![0.0; pieces.div_ceil(per_task)]);
    pool::run(pieces.div_ceil(per_task), |task| {
        let range = &x[task * per_task * LENGTH..((task + 1) * per_task * LENGTH).min(x.len())];
        let total = range.chunks(LENGTH).map(|piece| f64::from(f(piece))).sum::<f64>();
        totals.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[task] = total;
    });
    totals.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()).iter().sum()
}

multiversion! {
    pub fn sum_of_squares_piece(x: &[f32]) -> f32 {
        sum(x.len(), |i| x[i] * x[i])
    }

    pub fn sum_piece(x: &[f32]) -> f32 {
        sum(x.len(), |i| x[i])
    }

    pub fn add_row(x: &[f32], sums: &mut [f32]) {
        for (sum, x) in sums.iter_mut().zip(x) {
            *sum += x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn sums_agree_with_double_precision() {
        for (rows, width) in [(1, 1), (7, 3), (1000, 129), (2, 100_003), (0, 5), (5, 0)] {
            let x = numbers(rows * width, 1);
            let at = |i: usize, j: usize| f64::from(x[i * width + j]);
            let total = x.iter().map(|&x| f64::from(x)).sum::<f64>();
            let squares = x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
            assert!((sum_all(&x) - total).abs() < 1e-5 * total.abs().max(1.0));
            assert!((sum_of_squares(&x) - squares).abs() < 1e-6 * squares.max(1.0));
            let (mut by_row, mut by_column) = (vec![1.0; rows], vec![1.0; width]);
            sum_rows(&x, &mut by_row);
            sum_columns(&x, &mut by_column);
            (0..rows).for_each(|i| close(by_row[i], (0..width).map(|j| at(i, j)).sum(), 1e-5));
            (0..width).for_each(|j| close(by_column[j], (0..rows).map(|i| at(i, j)).sum(), 1e-5));
        }
    }
}
