//! Softmax and the mean negative log-likelihood of targets.

use crate::math::exp_bounded;
use crate::memory::{Parts, piece};
use crate::pool;
use crate::simd::{max, multiversion, sum};
use std::sync::Mutex;

/// What is asked for beside the logits.
#[derive(Clone, Copy)]
pub struct Options {
    /// Rows with this target do not count.
    pub ignored: i32,
    /// The factor of the squared logarithm of the sum of exponentials, which is added to the loss.
    pub z_loss: f32,
}

/// Writes the logarithm of the sum of exponentials of each row of `logits`, [rows, vocabulary], and returns the mean
/// of `log_sum_exp - logits[target] + z_loss log_sum_exp^2` over the rows that count, and their number.
pub fn forward(logits: &[f32], targets: &[i32], options: Options, log_sum_exp: &mut [f32]) -> (f32, usize) {
    let rows = targets.len();
    let width = logits.len().checked_div(rows).unwrap_or(0);
    let log_sum_exp = Parts::of(log_sum_exp);
    let total = sum_of_rows(rows, width, |row| {
        let logits = &logits[row * width..][..width];
        let logarithm = log_sum_exp_row(logits);
        // SAFETY: every row belongs to one task.
        unsafe { log_sum_exp.set(row, logarithm) };
        if targets[row] == options.ignored {
            return 0.0;
        }
        loss(logarithm, logits[targets[row] as usize], options.z_loss)
    });
    let count = targets.iter().filter(|&&target| target != options.ignored).count();
    ((total / count.max(1) as f64) as f32, count)
}

/// The gradient of `weight` times the sum of the losses; zero in rows that do not count.
pub fn backward(
    logits: &[f32],
    targets: &[i32],
    options: Options,
    log_sum_exp: &[f32],
    weight: f32,
    d_logits: &mut [f32],
) {
    let rows = targets.len();
    let width = logits.len().checked_div(rows).unwrap_or(0);
    let size = rows_of_a_task(rows, width);
    let d_logits = Parts::of(d_logits);
    pool::run(rows.div_ceil(size), |task| {
        for row in task * size..((task + 1) * size).min(rows) {
            // SAFETY: every row belongs to one task.
            let d_row = unsafe { d_logits.part(row * width, width) };
            if targets[row] == options.ignored {
                d_row.fill(0.0);
            } else {
                let logarithm = log_sum_exp[row];
                let factor = weight * (1.0 + 2.0 * options.z_loss * logarithm);
                softmax_row(&logits[row * width..][..width], logarithm, factor, d_row);
                d_row[targets[row] as usize] -= weight;
            }
        }
    });
}

/// Turns rows of logits into the gradient of `weight` times the sum of their losses, and returns the sum of the losses.
/// All targets count.
pub fn in_place(
    logits: &mut [f32],
    targets: impl Fn(usize) -> usize + Sync,
    rows: usize,
    z_loss: f32,
    weight: f32,
) -> f64 {
    let width = logits.len().checked_div(rows).unwrap_or(0);
    let logits = Parts::of(logits);
    sum_of_rows(rows, width, |row| {
        // SAFETY: every row belongs to one task.
        let row_logits = unsafe { logits.part(row * width, width) };
        let target = targets(row);
        let chosen = row_logits[target];
        let (largest, total) = exponentials_in_place(row_logits);
        let logarithm = largest + total.ln();
        let factor = weight * (1.0 + 2.0 * z_loss * logarithm);
        scale_row(row_logits, factor / total);
        row_logits[target] -= weight;
        loss(logarithm, chosen, z_loss)
    })
}

/// The sum of the losses of rows of logits. All targets count.
pub fn sum_of_losses(logits: &[f32], targets: impl Fn(usize) -> usize + Sync, rows: usize, z_loss: f32) -> f64 {
    let width = logits.len().checked_div(rows).unwrap_or(0);
    sum_of_rows(rows, width, |row| {
        let logits = &logits[row * width..][..width];
        loss(log_sum_exp_row(logits), logits[targets(row)], z_loss)
    })
}

fn loss(log_sum_exp: f32, chosen: f32, z_loss: f32) -> f64 {
    // Apart, so that infinities stay out of it when there is no z-loss.
    let extra = if z_loss == 0.0 { 0.0 } else { f64::from(z_loss) * f64::from(log_sum_exp).powi(2) };
    f64::from(log_sum_exp - chosen) + extra
}

/// The sum of `f` over the rows, on all threads, in an order that depends on the sizes alone.
fn sum_of_rows(rows: usize, width: usize, f: impl Fn(usize) -> f64 + Sync) -> f64 {
    let size = rows_of_a_task(rows, width);
    let tasks = rows.div_ceil(size);
    let totals = Mutex::new(vec![0.0f64; tasks]);
    pool::run(tasks, |task| {
        let total = (task * size..((task + 1) * size).min(rows)).map(&f).sum();
        totals.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[task] = total;
    });
    totals.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()).iter().sum()
}

fn rows_of_a_task(rows: usize, width: usize) -> usize {
    piece(rows, (1 << 13) / width.max(1), 32)
}

multiversion! {
    pub fn log_sum_exp_row(x: &[f32]) -> f32 {
        let largest = max(x.len(), |i| x[i]);
        largest + sum(x.len(), |i| exp_bounded(x[i] - largest)).ln()
    }

    /// `out = exp_bounded(x - log_sum_exp) * factor`.
    pub fn softmax_row(x: &[f32], log_sum_exp: f32, factor: f32, out: &mut [f32]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = exp_bounded(x - log_sum_exp) * factor;
        }
    }

    /// `x = exp(x - largest x)`; returns the largest and the sum.
    pub fn exponentials_in_place(x: &mut [f32]) -> (f32, f32) {
        let largest = max(x.len(), |i| x[i]);
        for x in x.iter_mut() {
            *x = exp_bounded(*x - largest);
        }
        (largest, sum(x.len(), |i| x[i]))
    }

    pub fn scale_row(x: &mut [f32], factor: f32) {
        for x in x.iter_mut() {
            *x *= factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn loss_and_gradient_agree_with_double_precision() {
        let cases = [(1, 1, -1, 0.0), (7, 65, -1, 0.0), (300, 5, 3, 0.01), (3, 1000, -100, 0.0), (9, 33, -1, 0.1)];
        for (rows, width, ignored, z_loss) in cases {
            let x: Vec<f32> = numbers(rows * width, 1).iter().map(|x| x * 20.0).collect();
            let mut targets: Vec<i32> = (0..rows).map(|i| (i * 7 % width) as i32).collect();
            if ignored == -100 {
                targets[1] = ignored;
            }
            let options = Options { ignored, z_loss };
            let mut logarithms = vec![0.0; rows];
            let (loss, count) = forward(&x, &targets, options, &mut logarithms);
            let mut gradient = vec![9.0; rows * width];
            backward(&x, &targets, options, &logarithms, 2.0, &mut gradient);
            let mut total = 0.0;
            for row in 0..rows {
                let x: Vec<f64> = x[row * width..][..width].iter().map(|&x| f64::from(x)).collect();
                let sum = x.iter().map(|x| x.exp()).sum::<f64>();
                close(logarithms[row], sum.ln(), 1e-6);
                let counts = targets[row] != ignored;
                let target = targets[row] as usize;
                let z_loss = f64::from(z_loss);
                total += if counts { sum.ln() - x[target] + z_loss * sum.ln().powi(2) } else { 0.0 };
                for (j, x) in x.iter().enumerate() {
                    let softmax = x.exp() / sum * (1.0 + 2.0 * z_loss * sum.ln());
                    let expected = softmax - if j == target { 1.0 } else { 0.0 };
                    close(gradient[row * width + j], if counts { 2.0 * expected } else { 0.0 }, 5e-6);
                }
            }
            assert_eq!(count, targets.iter().filter(|&&t| t != ignored).count());
            close(loss, total / count.max(1) as f64, 1e-5);
            if count == rows {
                let target = |row: usize| targets[row] as usize;
                close(sum_of_losses(&x, target, rows, z_loss) as f32, total, 1e-5);
                let mut logits = x.clone();
                close(in_place(&mut logits, target, rows, z_loss, 2.0) as f32, total, 1e-5);
                logits.iter().zip(&gradient).for_each(|(&a, &b)| close(a, f64::from(b), 1e-5));
            }
        }
    }

    #[test]
    fn nan_stays_nan() {
        let mut logarithms = [0.0; 2];
        let options = Options { ignored: -1, z_loss: 0.0 };
        let (loss, _) = forward(&[1.0, f32::NAN, 0.0, 0.0], &[0, 0], options, &mut logarithms);
        assert!(loss.is_nan() && logarithms[0].is_nan());
        close(logarithms[1], 2f64.ln(), 1e-6);
    }
}
