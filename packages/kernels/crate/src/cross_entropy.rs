//! Softmax and the mean negative log-likelihood of targets.

use crate::math::exp;
use crate::memory::{Parts, piece};
use crate::pool;
use crate::simd::{max, multiversion, sum};
use std::sync::Mutex;

/// Writes the logarithm of the sum of exponentials of each row of `logits`, [rows, vocabulary], and returns the mean
/// of `log_sum_exp - logits[target]` over the rows whose target is not `ignored`, and their number.
pub fn forward(logits: &[f32], targets: &[i32], ignored: i32, log_sum_exp: &mut [f32]) -> (f32, usize) {
    let rows = targets.len();
    let width = logits.len().checked_div(rows).unwrap_or(0);
    let size = rows_of_a_task(rows, width);
    let tasks = rows.div_ceil(size);
    let totals = Mutex::new(vec![(0.0f64, 0usize); tasks]);
    let log_sum_exp = Parts::of(log_sum_exp);
    pool::run(tasks, |task| {
        let mut total = (0.0, 0);
        for row in task * size..((task + 1) * size).min(rows) {
            let logits = &logits[row * width..][..width];
            let logarithm = log_sum_exp_row(logits);
            // SAFETY: every row belongs to one task.
            unsafe { log_sum_exp.set(row, logarithm) };
            if targets[row] != ignored {
                total.0 += f64::from(logarithm - logits[targets[row] as usize]);
                total.1 += 1;
            }
        }
        totals.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[task] = total;
    });
    let totals = totals.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (loss, count) = totals.iter().fold((0.0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    ((loss / count.max(1) as f64) as f32, count)
}

/// `(softmax(logits) - onehot(target)) * weight` in every row; zero where the target is `ignored`.
pub fn backward(logits: &[f32], targets: &[i32], ignored: i32, log_sum_exp: &[f32], weight: f32, d_logits: &mut [f32]) {
    let rows = targets.len();
    let width = logits.len().checked_div(rows).unwrap_or(0);
    let size = rows_of_a_task(rows, width);
    let d_logits = Parts::of(d_logits);
    pool::run(rows.div_ceil(size), |task| {
        for row in task * size..((task + 1) * size).min(rows) {
            // SAFETY: every row belongs to one task.
            let d_row = unsafe { d_logits.part(row * width, width) };
            if targets[row] == ignored {
                d_row.fill(0.0);
            } else {
                softmax_row(&logits[row * width..][..width], log_sum_exp[row], weight, d_row);
                d_row[targets[row] as usize] -= weight;
            }
        }
    });
}

fn rows_of_a_task(rows: usize, width: usize) -> usize {
    piece(rows, (1 << 12) / width.max(1), 32)
}

multiversion! {
    pub fn log_sum_exp_row(x: &[f32]) -> f32 {
        let largest = max(x.len(), |i| x[i]);
        largest + sum(x.len(), |i| exp(x[i] - largest)).ln()
    }

    /// `out = exp(x - log_sum_exp) * weight`.
    pub fn softmax_row(x: &[f32], log_sum_exp: f32, weight: f32, out: &mut [f32]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = exp(x - log_sum_exp) * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn loss_and_gradient_agree_with_double_precision() {
        for (rows, width, ignored) in [(1, 1, -1), (7, 65, -1), (300, 5, 3), (3, 1000, -100)] {
            let x: Vec<f32> = numbers(rows * width, 1).iter().map(|x| x * 20.0).collect();
            let mut targets: Vec<i32> = (0..rows).map(|i| (i * 7 % width) as i32).collect();
            if ignored == -100 {
                targets[1] = ignored;
            }
            let mut logarithms = vec![0.0; rows];
            let (loss, count) = forward(&x, &targets, ignored, &mut logarithms);
            let mut gradient = vec![9.0; rows * width];
            backward(&x, &targets, ignored, &logarithms, 2.0, &mut gradient);
            let mut total = 0.0;
            for row in 0..rows {
                let x: Vec<f64> = x[row * width..][..width].iter().map(|&x| f64::from(x)).collect();
                let sum = x.iter().map(|x| x.exp()).sum::<f64>();
                close(logarithms[row], sum.ln(), 1e-6);
                let counts = targets[row] != ignored;
                let target = targets[row] as usize;
                total += if counts { sum.ln() - x[target] } else { 0.0 };
                for (j, x) in x.iter().enumerate() {
                    let expected = x.exp() / sum - if j == target { 1.0 } else { 0.0 };
                    close(gradient[row * width + j], if counts { 2.0 * expected } else { 0.0 }, 5e-6);
                }
            }
            assert_eq!(count, targets.iter().filter(|&&t| t != ignored).count());
            close(loss, total / count.max(1) as f64, 1e-5);
        }
    }

    #[test]
    fn nan_stays_nan() {
        let mut logarithms = [0.0; 2];
        let (loss, _) = forward(&[1.0, f32::NAN, 0.0, 0.0], &[0, 0], -1, &mut logarithms);
        assert!(loss.is_nan() && logarithms[0].is_nan());
        close(logarithms[1], 2f64.ln(), 1e-6);
    }
}
