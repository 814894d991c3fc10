//! Adafactor's update in place, Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235, in the order of T5X.

use crate::elementwise::for_pieces;
use crate::memory::{Parts, piece};
use crate::pool;
use crate::reduce::{sum_of_squares, sum_of_squares_piece};
use crate::simd::{multiversion, sum};
use std::sync::{Mutex, PoisonError};

/// The numbers of [`adafactor`].
#[derive(Clone, Copy)]
pub struct Numbers {
    pub rate: f64,
    /// Decay of the mean of squared gradients at this step.
    pub beta2: f64,
    /// Decay of the mean of the steps, where there is one.
    pub beta1: f64,
    /// Added to the squared gradients.
    pub epsilon: f64,
    /// The rate is multiplied by the parameter's root mean square, at least this; not at all when this is 0.
    pub least_size: f64,
    /// The largest root mean square of the direction.
    pub clip: f64,
    /// What the gradients are multiplied by first.
    pub gradient_scale: f32,
}

/// The mean of squared gradients.
pub enum Second<'a> {
    /// One number for each element.
    Whole(&'a mut [f32]),
    /// Means of the rows, [batch, rows], and of the columns, [batch, columns], of a parameter [batch, rows, columns].
    Factored { rows: &'a mut [f32], columns: &'a mut [f32], batch: usize },
}

/// A parameter, its gradient, its moments, and the part of it that each step takes away.
pub struct Tensor<'a> {
    pub parameter: &'a mut [f32],
    pub gradient: &'a [f32],
    pub second: Second<'a>,
    pub first: Option<&'a mut [f32]>,
    pub decay: f64,
}

/// `p <- (1 - decay) p - step`, with the new moments; see `adafactor` of @llm/tensor for the formula.
pub fn adafactor(tensors: Vec<Tensor>, numbers: Numbers) {
    tensors.into_iter().filter(|tensor| !tensor.gradient.is_empty()).for_each(|tensor| update(tensor, numbers));
}

fn update(tensor: Tensor, numbers: Numbers) {
    let Tensor { parameter, gradient, second, first, decay } = tensor;
    let factors = new_second(second, gradient, numbers);
    let direction = Direction { gradient, factors, scale: numbers.gradient_scale };
    let size = if numbers.least_size > 0.0 {
        at_least((sum_of_squares(parameter) / parameter.len() as f64).sqrt(), numbers.least_size)
    } else {
        1.0
    };
    let length = at_least(direction.mean_square().sqrt() / numbers.clip, 1.0);
    let factor = (numbers.rate * size / length) as f32;
    let (keep, beta1, rest1) = ((1.0 - decay) as f32, numbers.beta1 as f32, (1.0 - numbers.beta1) as f32);
    let (parameter, first) = (Parts::of(parameter), first.map(Parts::of));
    pool::run(direction.tasks(), |task| {
        direction.of_task(task, |start, direction| {
            // SAFETY: the stretches are apart.
            let p = unsafe { parameter.part(start, direction.len()) };
            match &first {
                // SAFETY: as above.
                Some(m) => {
                    let m = unsafe { m.part(start, direction.len()) };
                    step_with_mean(p, direction, m, factor, keep, beta1, rest1);
                }
                None => step(p, direction, factor, keep),
            }
        });
    });
}

/// The larger of the two; NaN for NaN.
fn at_least(value: f64, least: f64) -> f64 {
    if value < least { least } else { value }
}

/// What the gradient is multiplied by, element by element.
enum Factors<'a> {
    /// One over the root of these.
    Roots(&'a [f32]),
    /// The factor of the row times that of the column.
    Outer { rows: Vec<f32>, columns: Vec<f32>, height: usize },
}

/// The mean of squared gradients after this step, and what it makes of the gradient.
fn new_second<'a>(second: Second<'a>, gradient: &[f32], numbers: Numbers) -> Factors<'a> {
    let Numbers { beta2, epsilon, gradient_scale: scale, .. } = numbers;
    match second {
        Second::Whole(v) => {
            let (old, new, epsilon) = (beta2 as f32, (1.0 - beta2) as f32, epsilon as f32);
            let parts = Parts::of(&mut *v);
            for_pieces(gradient.len(), |start, length| {
                // SAFETY: the pieces are apart.
                let v = unsafe { parts.part(start, length) };
                add_squares(&gradient[start..][..length], v, scale, old, new, epsilon);
            });
            Factors::Roots(v)
        }
        Second::Factored { rows, columns, batch } => {
            let (height, width) = (rows.len() / batch, columns.len() / batch);
            let mean = |old: f32, total: f64, count: usize| {
                (beta2 * f64::from(old) + (1.0 - beta2) * (total / count as f64 + epsilon)) as f32
            };
            let (mut row_factors, mut column_factors) = (Vec::new(), Vec::new());
            let matrices = gradient.chunks_exact(height * width);
            for (matrix, (rows, columns)) in
                matrices.zip(rows.chunks_exact_mut(height).zip(columns.chunks_exact_mut(width)))
            {
                let (by_row, by_column) = squares(matrix, height, width, scale);
                rows.iter_mut().zip(by_row).for_each(|(row, total)| *row = mean(*row, f64::from(total), width));
                columns.iter_mut().zip(by_column).for_each(|(column, total)| *column = mean(*column, total, height));
                let all = rows.iter().map(|&row| f64::from(row)).sum::<f64>() / height as f64;
                row_factors.extend(rows.iter().map(|&row| (f64::from(row) / all).sqrt().recip() as f32));
                column_factors.extend(columns.iter().map(|&column| f64::from(column).sqrt().recip() as f32));
            }
            Factors::Outer { rows: row_factors, columns: column_factors, height }
        }
    }
}

/// The sums of the squares of the rows and of the columns of a matrix times `scale`.
fn squares(matrix: &[f32], height: usize, width: usize, scale: f32) -> (Vec<f32>, Vec<f64>) {
    let per_task = piece(height, (1 << 14) / width, 32);
    let mut by_row = vec![0.0; height];
    let rows = Parts::of(&mut by_row);
    let by_task = Mutex::new(vec![Vec::new(); height.div_ceil(per_task)]);
    pool::run(height.div_ceil(per_task), |task| {
        let mut columns = vec![0.0; width];
        for row in task * per_task..((task + 1) * per_task).min(height) {
            let total = squares_of_row(&matrix[row * width..][..width], scale, &mut columns);
            // SAFETY: every row belongs to one task.
            unsafe { rows.set(row, total) };
        }
        by_task.lock().unwrap_or_else(PoisonError::into_inner)[task] = columns;
    });
    let mut by_column = vec![0.0; width];
    for columns in by_task.into_inner().unwrap_or_else(PoisonError::into_inner) {
        by_column.iter_mut().zip(columns).for_each(|(sum, column)| *sum += column);
    }
    (by_row, by_column)
}

/// A gradient divided by the root of the mean of its squares.
struct Direction<'a> {
    gradient: &'a [f32],
    factors: Factors<'a>,
    scale: f32,
}

impl Direction<'_> {
    /// Elements of a task.
    const BLOCK: usize = 1 << 14;
    /// Elements computed at once.
    const STRETCH: usize = 1 << 9;

    fn tasks(&self) -> usize {
        self.gradient.len().div_ceil(Self::BLOCK)
    }

    fn mean_square(&self) -> f64 {
        let totals = Mutex::new(vec![0.0; self.tasks()]);
        pool::run(self.tasks(), |task| {
            let mut total = 0.0;
            self.of_task(task, |_, direction| total += f64::from(sum_of_squares_piece(direction)));
            totals.lock().unwrap_or_else(PoisonError::into_inner)[task] = total;
        });
        let totals = totals.into_inner().unwrap_or_else(PoisonError::into_inner);
        totals.iter().sum::<f64>() / self.gradient.len() as f64
    }

    /// Calls `f(start, direction)` for the stretches of a task.
    fn of_task(&self, task: usize, mut f: impl FnMut(usize, &[f32])) {
        let mut buffer = [0.0; Self::STRETCH];
        let (mut at, end) = (task * Self::BLOCK, ((task + 1) * Self::BLOCK).min(self.gradient.len()));
        while at < end {
            let most = Self::STRETCH.min(end - at);
            let length = match &self.factors {
                Factors::Roots(v) => {
                    divide_by_roots(&self.gradient[at..][..most], &v[at..][..most], self.scale, &mut buffer[..most]);
                    most
                }
                Factors::Outer { rows, columns, height } => {
                    let width = self.gradient.len() / rows.len();
                    let (row, column) = (at / width, at % width);
                    let length = most.min(width - column);
                    let columns = &columns[row / height * width + column..][..length];
                    let factor = rows[row] * self.scale;
                    multiply(&self.gradient[at..][..length], factor, columns, &mut buffer[..length]);
                    length
                }
            };
            f(at, &buffer[..length]);
            at += length;
        }
    }
}

multiversion! {
    pub fn add_squares(g: &[f32], v: &mut [f32], scale: f32, old: f32, new: f32, epsilon: f32) {
        for (v, g) in v.iter_mut().zip(g) {
            let g = g * scale;
            *v = old * *v + new * (g * g + epsilon);
        }
    }

    pub fn squares_of_row(row: &[f32], scale: f32, columns: &mut [f64]) -> f32 {
        for (column, g) in columns.iter_mut().zip(row) {
            let g = g * scale;
            *column += f64::from(g * g);
        }
        sum(row.len(), |i| (row[i] * scale) * (row[i] * scale))
    }

    pub fn divide_by_roots(g: &[f32], v: &[f32], scale: f32, out: &mut [f32]) {
        for ((out, g), v) in out.iter_mut().zip(g).zip(v) {
            *out = g * scale / v.sqrt();
        }
    }

    pub fn multiply(g: &[f32], row: f32, columns: &[f32], out: &mut [f32]) {
        for ((out, g), column) in out.iter_mut().zip(g).zip(columns) {
            *out = g * row * column;
        }
    }

    pub fn step(p: &mut [f32], direction: &[f32], factor: f32, keep: f32) {
        for (p, direction) in p.iter_mut().zip(direction) {
            *p = keep * *p - factor * direction;
        }
    }

    pub fn step_with_mean(p: &mut [f32], direction: &[f32], m: &mut [f32], factor: f32, keep: f32, beta1: f32, rest1: f32) {
        for ((p, direction), m) in p.iter_mut().zip(direction).zip(m) {
            *m = beta1 * *m + rest1 * (factor * direction);
            *p = keep * *p - *m;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    const NUMBERS: Numbers =
        Numbers { rate: 0.1, beta2: 0.7, beta1: 0.9, epsilon: 1e-30, least_size: 1e-3, clip: 1.0, gradient_scale: 0.5 };

    /// The new parameter of one step by the formula, in double precision.
    fn twin(p: &[f32], g: &[f32], second: &[f64], m: Option<&[f32]>, decay: f64) -> Vec<f64> {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let squared = |x: &[f64]| x.iter().map(|x| x * x).collect::<Vec<_>>();
        let p: Vec<f64> = p.iter().map(|&p| f64::from(p)).collect();
        let y: Vec<f64> = g.iter().zip(second).map(|(&g, v)| 0.5 * f64::from(g) / v.sqrt()).collect();
        let factor = 0.1 * mean(&squared(&p)).sqrt().max(1e-3) / mean(&squared(&y)).sqrt().max(1.0);
        let step = |i: usize| match m {
            Some(m) => 0.9 * f64::from(m[i]) + 0.1 * factor * y[i],
            None => factor * y[i],
        };
        (0..p.len()).map(|i| (1.0 - decay) * p[i] - step(i)).collect()
    }

    #[test]
    fn whole_moments_agree_with_double_precision() {
        for n in [1, 7, 513, 40_001] {
            let (old_p, g, old_m) = (numbers(n, 1), numbers(n, 2), numbers(n, 3));
            let old_v: Vec<_> = numbers(n, 4).iter().map(|v| v * v).collect();
            let (mut p, mut m, mut v) = (old_p.clone(), old_m.clone(), old_v.clone());
            let second = Second::Whole(&mut v);
            let tensor = Tensor { parameter: &mut p, gradient: &g, second, first: Some(&mut m), decay: 0.01 };
            adafactor(vec![tensor], NUMBERS);
            let new_v: Vec<_> =
                (0..n).map(|i| 0.7 * f64::from(old_v[i]) + 0.3 * (0.5 * f64::from(g[i])).powi(2)).collect();
            let expected = twin(&old_p, &g, &new_v, Some(&old_m), 0.01);
            (0..n).for_each(|i| close(v[i], new_v[i], 1e-6));
            (0..n).for_each(|i| close(p[i], expected[i], 2e-6));
        }
    }

    #[test]
    fn factored_moments_agree_with_double_precision() {
        for (batch, height, width) in [(1, 1, 1), (1, 5, 3), (3, 7, 130), (1, 200, 1000)] {
            let n = batch * height * width;
            let (old_p, g) = (numbers(n, 1), numbers(n, 2));
            let old = |n, seed| numbers(n, seed).iter().map(|v| v * v).collect::<Vec<f32>>();
            let (old_rows, old_columns) = (old(batch * height, 3), old(batch * width, 4));
            let (mut p, mut rows, mut columns) = (old_p.clone(), old_rows.clone(), old_columns.clone());
            let second = Second::Factored { rows: &mut rows, columns: &mut columns, batch };
            adafactor(vec![Tensor { parameter: &mut p, gradient: &g, second, first: None, decay: 0.0 }], NUMBERS);
            let square = |b: usize, i: usize, j: usize| (0.5 * f64::from(g[(b * height + i) * width + j])).powi(2);
            let mut second = Vec::new();
            for b in 0..batch {
                let row = |i: usize| {
                    let mean = (0..width).map(|j| square(b, i, j)).sum::<f64>() / width as f64;
                    0.7 * f64::from(old_rows[b * height + i]) + 0.3 * (mean + 1e-30)
                };
                let column = |j: usize| {
                    let mean = (0..height).map(|i| square(b, i, j)).sum::<f64>() / height as f64;
                    0.7 * f64::from(old_columns[b * width + j]) + 0.3 * (mean + 1e-30)
                };
                (0..height).for_each(|i| close(rows[b * height + i], row(i), 1e-6));
                (0..width).for_each(|j| close(columns[b * width + j], column(j), 1e-6));
                let all = (0..height).map(row).sum::<f64>() / height as f64;
                let (by_row, by_column): (Vec<_>, Vec<_>) =
                    ((0..height).map(row).collect(), (0..width).map(column).collect());
                second.extend((0..height * width).map(|i| by_row[i / width] * by_column[i % width] / all));
            }
            let expected = twin(&old_p, &g, &second, None, 0.0);
            (0..n).for_each(|i| close(p[i], expected[i], 2e-6));
        }
    }
}
