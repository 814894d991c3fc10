//! Normalisation of rows by their root mean square. Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467

use crate::memory::{Parts, piece, with_scratch};
use crate::pool;
use crate::reduce::add_row;
use crate::simd::{multiversion, sum};

/// `y = x * inverse * gain` in every row, with `inverse = 1 / sqrt(mean(x^2) + epsilon)`.
/// `x` and `y` are [rows, width], `inverse` [rows].
pub fn forward(x: &[f32], gain: &[f32], epsilon: f32, y: &mut [f32], inverse: &mut [f32]) {
    let (rows, width) = (inverse.len(), gain.len());
    let size = rows_of_a_task(rows, width);
    let (y, inverse) = (Parts::of(y), Parts::of(inverse));
    pool::run(rows.div_ceil(size), |task| {
        let first = task * size;
        let count = size.min(rows - first);
        // SAFETY: every row belongs to one task.
        let (y, inverse) = unsafe { (y.part(first * width, count * width), inverse.part(first, count)) };
        forward_rows(&x[first * width..][..count * width], gain, epsilon, y, inverse);
    });
}

/// The tensors of [`backward`]: `dy` and `x` are [rows, width], `gain` [width], `inverse` [rows].
pub struct Saved<'a> {
    pub dy: &'a [f32],
    pub x: &'a [f32],
    pub gain: &'a [f32],
    pub inverse: &'a [f32],
}

/// The gradients of x [rows, width] and gain [width].
pub fn backward(saved: &Saved, dx: &mut [f32], d_gain: &mut [f32]) {
    let (rows, width) = (saved.inverse.len(), saved.gain.len());
    let size = rows_of_a_task(rows, width);
    let tasks = rows.div_ceil(size);
    let dx = Parts::of(dx);
    with_scratch(tasks * width, |partial| {
        let parts = Parts::of(partial);
        pool::run(tasks, |task| {
            let first = task * size;
            let count = size.min(rows - first);
            // SAFETY: every task has its own sums and rows.
            let (d_gain, dx) = unsafe { (parts.part(task * width, width), dx.part(first * width, count * width)) };
            backward_rows(saved, first, dx, d_gain);
        });
        d_gain.fill(0.0);
        partial.chunks_exact(width.max(1)).for_each(|sums| add_row(sums, d_gain));
    });
}

fn rows_of_a_task(rows: usize, width: usize) -> usize {
    piece(rows, (1 << 13) / width.max(1), 16)
}

multiversion! {
    /// Writes the normalised rows and their inverse root mean squares.
    pub fn forward_rows(x: &[f32], gain: &[f32], epsilon: f32, y: &mut [f32], inverse: &mut [f32]) {
        let n = gain.len();
        for (row, inverse) in inverse.iter_mut().enumerate() {
            let (x, y) = (&x[row * n..][..n], &mut y[row * n..][..n]);
            let factor = 1.0 / (sum(n, |i| x[i] * x[i]) / n as f32 + epsilon).sqrt();
            for i in 0..n {
                y[i] = x[i] * factor * gain[i];
            }
            *inverse = factor;
        }
    }

    /// Writes the gradients of rows of x from row `first`, and the sums of that of gain over them.
    pub fn backward_rows(saved: &Saved, first: usize, dx: &mut [f32], d_gain: &mut [f32]) {
        let n = saved.gain.len();
        let (gain, d_gain) = (&saved.gain[..n], &mut d_gain[..n]);
        d_gain.fill(0.0);
        for (row, dx) in dx.chunks_exact_mut(n.max(1)).enumerate() {
            let row = first + row;
            let (dy, x) = (&saved.dy[row * n..][..n], &saved.x[row * n..][..n]);
            let inverse = saved.inverse[row];
            let along = sum(n, |i| dy[i] * gain[i] * (x[i] * inverse)) / n as f32;
            let dx = &mut dx[..n];
            for i in 0..n {
                let normal = x[i] * inverse;
                d_gain[i] += dy[i] * normal;
                dx[i] = (dy[i] * gain[i] - normal * along) * inverse;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn rows_agree_with_double_precision_and_finite_differences() {
        for (rows, width) in [(1, 1), (3, 7), (129, 33), (5, 200), (0, 4)] {
            let (x, gain, dy) = (numbers(rows * width, 1), numbers(width, 2), numbers(rows * width, 3));
            let (mut y, mut inverse) = (vec![0.0; rows * width], vec![0.0; rows]);
            forward(&x, &gain, 1e-2, &mut y, &mut inverse);
            let (mut dx, mut d_gain) = (vec![9.0; rows * width], vec![9.0; width]);
            backward(&Saved { dy: &dy, x: &x, gain: &gain, inverse: &inverse }, &mut dx, &mut d_gain);
            let double = |v: &[f32]| v.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
            let (x, gain, dy) = (double(&x), double(&gain), double(&dy));
            y.iter().zip(naive(&x, &gain)).for_each(|(&y, e)| close(y, e, 1e-5));
            let loss = |x: &[f64], gain: &[f64]| naive(x, gain).iter().zip(&dy).map(|(y, d)| y * d).sum::<f64>();
            let slope = |v: &[f64], i: usize, f: &dyn Fn(&[f64]) -> f64| {
                let (mut low, mut high) = (v.to_vec(), v.to_vec());
                low[i] -= 1e-5;
                high[i] += 1e-5;
                (f(&high) - f(&low)) / 2e-5
            };
            for i in (0..rows * width).step_by(rows * width / 20 + 1) {
                close(dx[i], slope(&x, i, &|x| loss(x, &gain)), 2e-4);
            }
            for i in 0..width.min(9) {
                close(d_gain[i], slope(&gain, i, &|gain| loss(&x, gain)), 2e-4);
            }
        }
    }

    fn naive(x: &[f64], gain: &[f64]) -> Vec<f64> {
        let width = gain.len();
        let rows = x.chunks(width).flat_map(|row| {
            let square = row.iter().map(|v| v * v).sum::<f64>() / width as f64;
            (0..width).map(move |i| row[i] / (square + 1e-2).sqrt() * gain[i])
        });
        rows.collect()
    }
}
