//! What is done to each element alone: sums, products, the optimizer's updates.

use crate::memory::{Parts, piece};
use crate::pool;
use crate::simd::multiversion;

/// Calls `f(start, length)` for pieces of n elements, on all threads.
pub fn for_pieces(n: usize, f: impl Fn(usize, usize) + Sync) {
    let size = piece(n, 1 << 13, 64).next_multiple_of(64);
    pool::run(n.div_ceil(size), |task| f(task * size, size.min(n - task * size)));
}

/// `out = x + a y`.
pub fn add_scaled(x: &[f32], y: &[f32], a: f32, out: &mut [f32]) {
    let n = out.len();
    let out = Parts::of(out);
    for_pieces(n, |start, length| {
        // SAFETY: the pieces are apart.
        add_scaled_piece(&x[start..][..length], &y[start..][..length], a, unsafe { out.part(start, length) });
    });
}

/// Copies rows of `length` elements; `from` and `to` are the first element and the distance of the rows.
pub fn copy_rows(x: &[f32], from: (usize, usize), out: &mut [f32], to: (usize, usize), rows: usize, length: usize) {
    let size = piece(rows, (1 << 14) / length.max(1), 16);
    let out = Parts::of(out);
    pool::run(rows.div_ceil(size), |task| {
        for row in task * size..((task + 1) * size).min(rows) {
            // SAFETY: the rows are apart.
            let out = unsafe { out.part(to.0 + row * to.1, length) };
            out.copy_from_slice(&x[from.0 + row * from.1..][..length]);
        }
    });
}

/// The numbers of Adam's moments.
#[derive(Clone, Copy)]
pub struct Adam {
    pub beta1: f32,
    pub beta2: f32,
    /// 1 - beta1, rounded once.
    pub rest1: f32,
    pub rest2: f32,
    pub epsilon: f32,
    /// 1 / (1 - beta1^step)
    pub scale1: f32,
    pub scale2: f32,
}

impl Adam {
    /// `correction1` is 1 - beta1^step. Everything is computed in double precision and rounded once.
    pub fn new(beta1: f64, beta2: f64, epsilon: f64, correction1: f64, correction2: f64) -> Adam {
        Adam {
            beta1: beta1 as f32,
            beta2: beta2 as f32,
            rest1: (1.0 - beta1) as f32,
            rest2: (1.0 - beta2) as f32,
            epsilon: epsilon as f32,
            scale1: (1.0 / correction1) as f32,
            scale2: (1.0 / correction2) as f32,
        }
    }

    /// The new moments of one element and the bias-corrected update from them.
    #[inline(always)]
    pub fn update(&self, g: f32, m: f32, v: f32) -> (f32, f32, f32) {
        let mean = self.beta1 * m + self.rest1 * g;
        let square = self.beta2 * v + self.rest2 * (g * g);
        (mean, square, mean * self.scale1 / ((square * self.scale2).sqrt() + self.epsilon))
    }
}

/// Input and output of [`adam_moments`], all of one length.
pub struct Moments<'a> {
    pub gradient: &'a [f32],
    pub m: &'a [f32],
    pub v: &'a [f32],
    pub update: &'a mut [f32],
    pub new_m: &'a mut [f32],
    pub new_v: &'a mut [f32],
}

/// Adam's moments and the bias-corrected update from them.
pub fn adam_moments(tensors: Moments, numbers: Adam) {
    let n = tensors.gradient.len();
    let (g, m, v) = (tensors.gradient, tensors.m, tensors.v);
    let outputs = (Parts::of(tensors.update), Parts::of(tensors.new_m), Parts::of(tensors.new_v));
    for_pieces(n, |start, length| {
        let (g, m, v) = (&g[start..][..length], &m[start..][..length], &v[start..][..length]);
        // SAFETY: the pieces are apart.
        let (update, new_m, new_v) =
            unsafe { (outputs.0.part(start, length), outputs.1.part(start, length), outputs.2.part(start, length)) };
        adam_piece(g, m, v, numbers, update, new_m, new_v);
    });
}

/// The operations of [`binary`].
#[derive(Clone, Copy, PartialEq)]
pub enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// `out[i] = a[i] op b[i]`, where `a` or `b` is repeated when it is shorter; its length must divide that of `out`.
pub fn binary(operation: Operation, a: &[f32], b: &[f32], out: &mut [f32]) {
    let n = out.len();
    if n == 0 {
        return;
    }
    let period = a.len().min(b.len());
    let (a_moves, b_moves) = (a.len() == n, b.len() == n);
    let out = Parts::of(out);
    for_pieces(n, |start, length| {
        // SAFETY: the pieces are apart.
        let mut out = unsafe { out.part(start, length) };
        let mut position = start;
        // One stretch of the repeated operand after another.
        while !out.is_empty() {
            let offset = position % period;
            let count = if period == n { out.len() } else { (period - offset).min(out.len()) };
            let count = if period == 1 { out.len() } else { count };
            let (stretch, rest) = out.split_at_mut(count);
            let side = |x: &[f32], moves: bool| -> (usize, bool) {
                if moves { (position, false) } else { (offset, x.len() == 1) }
            };
            let ((a_start, a_one), (b_start, b_one)) = (side(a, a_moves), side(b, b_moves));
            match (a_one, b_one) {
                (false, false) => binary_piece(operation, &a[a_start..][..count], &b[b_start..][..count], stretch),
                (false, true) => binary_right(operation, &a[a_start..][..count], b[0], stretch),
                (true, false) => binary_left(operation, a[0], &b[b_start..][..count], stretch),
                (true, true) => binary_right(operation, a, b[0], stretch),
            }
            position += count;
            out = rest;
        }
    });
}

macro_rules! each_operation {
    ($operation:expr, $n:expr, $out:ident, $a:expr, $b:expr) => {
        match $operation {
            Operation::Add => (0..$n).for_each(|i| $out[i] = $a(i) + $b(i)),
            Operation::Subtract => (0..$n).for_each(|i| $out[i] = $a(i) - $b(i)),
            Operation::Multiply => (0..$n).for_each(|i| $out[i] = $a(i) * $b(i)),
            Operation::Divide => (0..$n).for_each(|i| $out[i] = $a(i) / $b(i)),
        }
    };
}

multiversion! {
    pub fn add_scaled_piece(x: &[f32], y: &[f32], a: f32, out: &mut [f32]) {
        let n = out.len();
        let (x, y) = (&x[..n], &y[..n]);
        for i in 0..n {
            out[i] = x[i] + a * y[i];
        }
    }

    pub fn adam_piece(g: &[f32], m: &[f32], v: &[f32], numbers: Adam, update: &mut [f32], new_m: &mut [f32], new_v: &mut [f32]) {
        let n = g.len();
        let (m, v) = (&m[..n], &v[..n]);
        let (update, new_m, new_v) = (&mut update[..n], &mut new_m[..n], &mut new_v[..n]);
        for i in 0..n {
            (new_m[i], new_v[i], update[i]) = numbers.update(g[i], m[i], v[i]);
        }
    }

    pub fn binary_piece(operation: Operation, a: &[f32], b: &[f32], out: &mut [f32]) {
        let n = out.len();
        let (a, b) = (&a[..n], &b[..n]);
        each_operation!(operation, n, out, |i: usize| a[i], |i: usize| b[i]);
    }

    pub fn binary_right(operation: Operation, a: &[f32], b: f32, out: &mut [f32]) {
        let n = out.len();
        let a = &a[..n];
        each_operation!(operation, n, out, |i: usize| a[i], |_: usize| b);
    }

    pub fn binary_left(operation: Operation, a: f32, b: &[f32], out: &mut [f32]) {
        let n = out.len();
        let b = &b[..n];
        each_operation!(operation, n, out, |_: usize| a, |i: usize| b[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn binary_repeats_the_shorter_operand() {
        for (long, short) in [(1, 1), (12, 1), (12, 3), (12, 12), (100_000, 50), (99_999, 3), (30_000, 1)] {
            let (a, b) = (numbers(long, 1), numbers(short, 2));
            let mut out = vec![0.0; long];
            let b = b.iter().map(|b| b + 2.0).collect::<Vec<_>>();
            let mut check = |operation, f: fn(f32, f32) -> f32| {
                binary(operation, &a, &b, &mut out);
                out.iter().enumerate().for_each(|(i, &o)| assert_eq!(o, f(a[i], b[i % short])));
                binary(operation, &b, &a, &mut out);
                out.iter().enumerate().for_each(|(i, &o)| assert_eq!(o.to_bits(), f(b[i % short], a[i]).to_bits()));
            };
            check(Operation::Add, |a, b| a + b);
            check(Operation::Subtract, |a, b| a - b);
            check(Operation::Multiply, |a, b| a * b);
            check(Operation::Divide, |a, b| a / b);
        }
    }

    #[test]
    fn the_updates_agree_with_double_precision() {
        let n = 70_001;
        let (x, y) = (numbers(n, 1), numbers(n, 2));
        let mut out = vec![0.0; n];
        add_scaled(&x, &y, -0.25, &mut out);
        (0..n).for_each(|i| close(out[i], f64::from(x[i]) - 0.25 * f64::from(y[i]), 1e-6));

        let v: Vec<_> = numbers(n, 3).iter().map(|v| v * v).collect();
        let (mut update, mut new_m, mut new_v) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let moments = Moments { gradient: &x, m: &y, v: &v, update: &mut update, new_m: &mut new_m, new_v: &mut new_v };
        adam_moments(moments, Adam::new(0.9, 0.99, 1e-3, 1.0 / 5.0, 1.0 / 50.0));
        for i in 0..n {
            let (g, m, v) = (f64::from(x[i]), f64::from(y[i]), f64::from(v[i]));
            let (m, v) = (0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g);
            close(new_m[i], m, 1e-6);
            close(new_v[i], v, 1e-6);
            close(update[i], m * 5.0 / ((v * 50.0).sqrt() + 1e-3), 1e-5);
        }
    }
}
