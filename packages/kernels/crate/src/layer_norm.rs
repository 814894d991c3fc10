//! Layer normalisation of rows.

use crate::memory::{Parts, piece};
use crate::pool;
use crate::simd::{multiversion, sum};

/// `y = (x - mean) * inverse * gain + bias` in every row, with `inverse = 1 / sqrt(variance + epsilon)`.
/// `x` and `y` are [rows, width], `mean` and `inverse` [rows].
pub fn forward(
    x: &[f32],
    gain: &[f32],
    bias: &[f32],
    epsilon: f32,
    y: &mut [f32],
    mean: &mut [f32],
    inverse: &mut [f32],
) {
    let (rows, width) = (mean.len(), gain.len());
    let size = piece(rows, (1 << 13) / width.max(1), 16);
    let (y, mean, inverse) = (Parts::of(y), Parts::of(mean), Parts::of(inverse));
    pool::run(rows.div_ceil(size), |task| {
        for row in task * size..((task + 1) * size).min(rows) {
            // SAFETY: every row belongs to one task.
            let (y, mean, inverse) = unsafe { (y.part(row * width, width), mean.part(row, 1), inverse.part(row, 1)) };
            (mean[0], inverse[0]) = forward_row(&x[row * width..][..width], gain, bias, epsilon, y);
        }
    });
}

/// The tensors of [`backward`]: `dy` and `x` are [rows, width], `gain` [width], `mean` and `inverse` [rows].
pub struct Saved<'a> {
    pub dy: &'a [f32],
    pub x: &'a [f32],
    pub gain: &'a [f32],
    pub mean: &'a [f32],
    pub inverse: &'a [f32],
}

/// The gradients of x [rows, width], gain and bias [width].
pub fn backward(saved: &Saved, dx: &mut [f32], d_gain: &mut [f32], d_bias: &mut [f32]) {
    let (rows, width) = (saved.mean.len(), saved.gain.len());
    let size = piece(rows, (1 << 13) / width.max(1), 16);
    let tasks = rows.div_ceil(size);
    let mut partial = vec![0.0; tasks * 2 * width];
    let (dx, parts) = (Parts::of(dx), Parts::of(&mut partial));
    pool::run(tasks, |task| {
        // SAFETY: every task has its own sums and rows.
        let (d_gain, d_bias) = unsafe { parts.part(task * 2 * width, 2 * width) }.split_at_mut(width);
        for row in task * size..((task + 1) * size).min(rows) {
            let (dy, x) = (&saved.dy[row * width..][..width], &saved.x[row * width..][..width]);
            let dx = unsafe { dx.part(row * width, width) };
            backward_row(dy, x, saved.gain, saved.mean[row], saved.inverse[row], dx, d_gain, d_bias);
        }
    });
    d_gain.fill(0.0);
    d_bias.fill(0.0);
    for sums in partial.chunks_exact(2 * width.max(1)) {
        let (gains, biases) = sums.split_at(width);
        d_gain.iter_mut().zip(gains).for_each(|(total, part)| *total += part);
        d_bias.iter_mut().zip(biases).for_each(|(total, part)| *total += part);
    }
}

multiversion! {
    /// Writes the normalised row and returns its mean and inverse deviation.
    pub fn forward_row(x: &[f32], gain: &[f32], bias: &[f32], epsilon: f32, y: &mut [f32]) -> (f32, f32) {
        let n = x.len();
        let (gain, bias, y) = (&gain[..n], &bias[..n], &mut y[..n]);
        let mean = sum(n, |i| x[i]) / n as f32;
        let variance = sum(n, |i| (x[i] - mean) * (x[i] - mean)) / n as f32;
        let inverse = 1.0 / (variance + epsilon).sqrt();
        for i in 0..n {
            y[i] = (x[i] - mean) * inverse * gain[i] + bias[i];
        }
        (mean, inverse)
    }

    /// Writes the gradient of a row of x, and adds to those of gain and bias.
    pub fn backward_row(dy: &[f32], x: &[f32], gain: &[f32], mean: f32, inverse: f32, dx: &mut [f32], d_gain: &mut [f32], d_bias: &mut [f32]) {
        let n = x.len();
        let (dy, gain, dx) = (&dy[..n], &gain[..n], &mut dx[..n]);
        let (d_gain, d_bias) = (&mut d_gain[..n], &mut d_bias[..n]);
        let scaled = sum(n, |i| dy[i] * gain[i]) / n as f32;
        let along = sum(n, |i| dy[i] * gain[i] * ((x[i] - mean) * inverse)) / n as f32;
        for i in 0..n {
            let normal = (x[i] - mean) * inverse;
            d_gain[i] += dy[i] * normal;
            d_bias[i] += dy[i];
            dx[i] = (dy[i] * gain[i] - scaled - normal * along) * inverse;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn rows_agree_with_double_precision_and_finite_differences() {
        for (rows, width) in [(1, 1), (3, 7), (129, 33), (5, 200)] {
            let (x, gain, bias) = (numbers(rows * width, 1), numbers(width, 2), numbers(width, 3));
            let dy = numbers(rows * width, 4);
            let (mut y, mut mean, mut inverse) = (vec![0.0; rows * width], vec![0.0; rows], vec![0.0; rows]);
            forward(&x, &gain, &bias, 1e-2, &mut y, &mut mean, &mut inverse);
            let (mut dx, mut d_gain, mut d_bias) = (vec![0.0; rows * width], vec![0.0; width], vec![0.0; width]);
            let saved = Saved { dy: &dy, x: &x, gain: &gain, mean: &mean, inverse: &inverse };
            backward(&saved, &mut dx, &mut d_gain, &mut d_bias);
            let double = |v: &[f32]| v.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
            let (x, gain, bias, dy) = (double(&x), double(&gain), double(&bias), double(&dy));
            let expected = naive(&x, &gain, &bias);
            y.iter().zip(&expected).for_each(|(&y, &e)| close(y, e, 1e-5));
            let loss =
                |x: &[f64], g: &[f64], b: &[f64]| naive(x, g, b).iter().zip(&dy).map(|(y, d)| y * d).sum::<f64>();
            let slope = |v: &[f64], i: usize, f: &dyn Fn(&[f64]) -> f64| {
                let (mut low, mut high) = (v.to_vec(), v.to_vec());
                low[i] -= 1e-5;
                high[i] += 1e-5;
                (f(&high) - f(&low)) / 2e-5
            };
            for i in (0..rows * width).step_by(rows * width / 20 + 1) {
                close(dx[i], slope(&x, i, &|x| loss(x, &gain, &bias)), 2e-4);
            }
            for i in 0..width.min(9) {
                close(d_gain[i], slope(&gain, i, &|g| loss(&x, g, &bias)), 2e-4);
                close(d_bias[i], slope(&bias, i, &|b| loss(&x, &gain, b)), 2e-4);
            }
        }
    }

    fn naive(x: &[f64], gain: &[f64], bias: &[f64]) -> Vec<f64> {
        let width = gain.len();
        let rows = x.chunks(width).flat_map(|row| {
            let mean = row.iter().sum::<f64>() / width as f64;
            let variance = row.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / width as f64;
            (0..width).map(move |i| (row[i] - mean) / (variance + 1e-2).sqrt() * gain[i] + bias[i])
        });
        rows.collect()
    }
}
