//! Layer normalisation of rows. Ba et al. 2016, https://arxiv.org/abs/1607.06450

use crate::memory::{Parts, piece, with_scratch};
use crate::pool;
use crate::reduce::add_row;
use crate::simd::{multiversion, sum};

/// `y = (x - mean) * inverse * gain + bias` in every row, with `inverse = 1 / sqrt(variance + epsilon)`.
/// `x` and `y` are [rows, width], `mean` and `inverse` [rows].
pub fn forward(
    x: &[f32],
    gain: &[f32],
    bias: Option<&[f32]>,
    epsilon: f32,
    y: &mut [f32],
    mean: &mut [f32],
    inverse: &mut [f32],
) {
    let (rows, width) = (mean.len(), gain.len());
    let size = rows_of_a_task(rows, width);
    let (y, mean, inverse) = (Parts::of(y), Parts::of(mean), Parts::of(inverse));
    pool::run(rows.div_ceil(size), |task| {
        let first = task * size;
        let count = size.min(rows - first);
        // SAFETY: every row belongs to one task.
        let (y, mean, inverse) =
            unsafe { (y.part(first * width, count * width), mean.part(first, count), inverse.part(first, count)) };
        forward_rows(&x[first * width..][..count * width], gain, bias, epsilon, y, mean, inverse);
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
pub fn backward(saved: &Saved, dx: &mut [f32], d_gain: &mut [f32], d_bias: Option<&mut [f32]>) {
    let (rows, width) = (saved.mean.len(), saved.gain.len());
    let size = rows_of_a_task(rows, width);
    let tasks = rows.div_ceil(size);
    let dx = Parts::of(dx);
    with_scratch(tasks * 2 * width, |partial| {
        let parts = Parts::of(partial);
        pool::run(tasks, |task| {
            let first = task * size;
            let count = size.min(rows - first);
            // SAFETY: every task has its own sums and rows.
            let (sums, dx) =
                unsafe { (parts.part(task * 2 * width, 2 * width), dx.part(first * width, count * width)) };
            let (d_gain, d_bias) = sums.split_at_mut(width);
            backward_rows(saved, first, dx, d_gain, d_bias);
        });
        d_gain.fill(0.0);
        partial.chunks_exact(2 * width.max(1)).for_each(|sums| add_row(&sums[..width], d_gain));
        if let Some(d_bias) = d_bias {
            d_bias.fill(0.0);
            partial.chunks_exact(2 * width.max(1)).for_each(|sums| add_row(&sums[width..], d_bias));
        }
    });
}

fn rows_of_a_task(rows: usize, width: usize) -> usize {
    piece(rows, (1 << 13) / width.max(1), 16)
}

multiversion! {
    /// Writes the normalised rows, their means and inverse deviations.
    pub fn forward_rows(x: &[f32], gain: &[f32], bias: Option<&[f32]>, epsilon: f32, y: &mut [f32], mean: &mut [f32], inverse: &mut [f32]) {
        let n = gain.len();
        for row in 0..mean.len() {
            let (x, y) = (&x[row * n..][..n], &mut y[row * n..][..n]);
            let centre = sum(n, |i| x[i]) / n as f32;
            let variance = sum(n, |i| (x[i] - centre) * (x[i] - centre)) / n as f32;
            let factor = 1.0 / (variance + epsilon).sqrt();
            if let Some(bias) = bias {
                let bias = &bias[..n];
                for i in 0..n {
                    y[i] = (x[i] - centre) * factor * gain[i] + bias[i];
                }
            } else {
                for i in 0..n {
                    y[i] = (x[i] - centre) * factor * gain[i];
                }
            }
            (mean[row], inverse[row]) = (centre, factor);
        }
    }

    /// Writes the gradients of rows of x from row `first`, and the sums of those of gain and bias over them.
    pub fn backward_rows(saved: &Saved, first: usize, dx: &mut [f32], d_gain: &mut [f32], d_bias: &mut [f32]) {
        let n = saved.gain.len();
        let gain = &saved.gain[..n];
        let (d_gain, d_bias) = (&mut d_gain[..n], &mut d_bias[..n]);
        d_gain.fill(0.0);
        d_bias.fill(0.0);
        for (row, dx) in dx.chunks_exact_mut(n.max(1)).enumerate() {
            let row = first + row;
            let (dy, x) = (&saved.dy[row * n..][..n], &saved.x[row * n..][..n]);
            let (mean, inverse) = (saved.mean[row], saved.inverse[row]);
            let scaled = sum(n, |i| dy[i] * gain[i]) / n as f32;
            let along = sum(n, |i| dy[i] * gain[i] * ((x[i] - mean) * inverse)) / n as f32;
            let dx = &mut dx[..n];
            for i in 0..n {
                let normal = (x[i] - mean) * inverse;
                d_gain[i] += dy[i] * normal;
                d_bias[i] += dy[i];
                dx[i] = (dy[i] * gain[i] - scaled - normal * along) * inverse;
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
        for (rows, width) in [(1, 1), (3, 7), (129, 33), (5, 200)] {
            let (x, gain, bias) = (numbers(rows * width, 1), numbers(width, 2), numbers(width, 3));
            let dy = numbers(rows * width, 4);
            let (mut y, mut mean, mut inverse) = (vec![0.0; rows * width], vec![0.0; rows], vec![0.0; rows]);
            forward(&x, &gain, Some(&bias), 1e-2, &mut y, &mut mean, &mut inverse);
            let (mut dx, mut d_gain, mut d_bias) = (vec![0.0; rows * width], vec![0.0; width], vec![0.0; width]);
            let saved = Saved { dy: &dy, x: &x, gain: &gain, mean: &mean, inverse: &inverse };
            backward(&saved, &mut dx, &mut d_gain, Some(&mut d_bias));
            let double = |v: &[f32]| v.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
            let (mut plain, zeros) = (vec![0.0; rows * width], vec![0.0; width]);
            let mut expected = plain.clone();
            forward(&x, &gain, None, 1e-2, &mut plain, &mut mean, &mut inverse);
            forward(&x, &gain, Some(&zeros), 1e-2, &mut expected, &mut mean, &mut inverse);
            assert_eq!(plain, expected);
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
