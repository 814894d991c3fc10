//! An affine map with an activation and a residual, and all its gradients.

use crate::gelu;
use crate::memory::{Parts, piece, with_scratch};
use crate::pool;
use crate::product::{Activation, Compute, Operand, Product, Sizes};
use crate::reduce::{add_row, sum_columns};

/// `y = activation(x weight + bias) + residual`, with x [rows, inputs] and y [rows, outputs].
#[derive(Clone, Copy)]
pub struct Linear<'a> {
    pub x: &'a [f32],
    /// [inputs, outputs], or [outputs, inputs] when `transposed`.
    pub weight: &'a [f32],
    pub transposed: bool,
    pub rows: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub activation: Option<Activation>,
    pub compute: Compute,
}

/// Writes y, and where `hidden` is given there what the activation was applied to.
pub fn forward(
    linear: &Linear,
    bias: Option<&[f32]>,
    residual: Option<&[f32]>,
    y: &mut [f32],
    hidden: Option<&mut [f32]>,
) {
    let Linear { x, weight, transposed, rows, inputs, outputs, activation, compute } = *linear;
    let sizes = Sizes { batch: 1, m: rows, n: outputs, k: inputs };
    let product = Product::new(sizes, operand(x, false), operand(weight, transposed));
    Product { bias, residual, activation, compute, ..product }.run(y, hidden);
}

/// The gradients of x, the weight and, where asked for, the bias; that of a residual is dy itself.
pub fn backward(
    linear: &Linear,
    dy: &[f32],
    hidden: &[f32],
    dx: &mut [f32],
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
) {
    let Some(activation) = linear.activation else {
        if let Some(d_bias) = d_bias {
            sum_columns(dy, d_bias);
        }
        return products(linear, dy, dx, d_weight);
    };
    with_scratch(dy.len(), |d_hidden| {
        before_activation(activation, dy, hidden, linear.outputs, d_hidden, d_bias);
        products(linear, d_hidden, dx, d_weight);
    });
}

/// The gradient before the activation, and the sums of its columns, in one pass.
fn before_activation(
    activation: Activation,
    dy: &[f32],
    hidden: &[f32],
    width: usize,
    d_hidden: &mut [f32],
    d_bias: Option<&mut [f32]>,
) {
    let rows = dy.len().checked_div(width).unwrap_or(0);
    let size = piece(rows, (1 << 13) / width.max(1), 32);
    let tasks = rows.div_ceil(size);
    let d_hidden = Parts::of(d_hidden);
    let run = |task: usize, mut sums: Option<&mut [f32]>| {
        for row in task * size..((task + 1) * size).min(rows) {
            let range = row * width..(row + 1) * width;
            // SAFETY: every row belongs to one task.
            let d_hidden = unsafe { d_hidden.part(range.start, width) };
            match activation {
                Activation::Gelu => gelu::backward_exact(&dy[range.clone()], &hidden[range], d_hidden),
                Activation::GeluTanh => gelu::backward_tanh(&dy[range.clone()], &hidden[range], d_hidden),
            }
            if let Some(sums) = &mut sums {
                add_row(d_hidden, sums);
            }
        }
    };
    let Some(d_bias) = d_bias else { return pool::run(tasks, |task| run(task, None)) };
    with_scratch(tasks * width, |partial| {
        partial.fill(0.0);
        let parts = Parts::of(partial);
        // SAFETY: every task has its own sums.
        pool::run(tasks, |task| run(task, Some(unsafe { parts.part(task * width, width) })));
        d_bias.fill(0.0);
        partial.chunks_exact(width.max(1)).for_each(|sums| add_row(sums, d_bias));
    });
}

fn products(linear: &Linear, dy: &[f32], dx: &mut [f32], d_weight: &mut [f32]) {
    let Linear { x, weight, transposed, rows, inputs, outputs, compute, .. } = *linear;
    let product = |(m, n, k), a, b, c: &mut [f32]| {
        Product { compute, ..Product::new(Sizes { batch: 1, m, n, k }, a, b) }.run(c, None);
    };
    product((rows, inputs, outputs), operand(dy, false), operand(weight, !transposed), dx);
    if transposed {
        product((outputs, inputs, rows), operand(dy, true), operand(x, false), d_weight);
    } else {
        product((inputs, outputs, rows), operand(x, true), operand(dy, false), d_weight);
    }
}

fn operand(data: &[f32], transposed: bool) -> Operand<'_> {
    Operand { data, transposed, shared: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn gradients_are_those_of_the_forward_pass() {
        for (rows, inputs, outputs) in [(1, 1, 1), (5, 3, 7), (67, 31, 13), (300, 8, 65), (0, 3, 2), (3, 0, 2)] {
            for bits in 0..6 {
                let transposed = bits % 2 == 1;
                let activation = [None, Some(Activation::Gelu), Some(Activation::GeluTanh)][bits / 2];
                check(rows, inputs, outputs, transposed, activation);
            }
        }
    }

    /// Against differences of the forward pass, which the products' tests hold to loops.
    fn check(rows: usize, inputs: usize, outputs: usize, transposed: bool, activation: Option<Activation>) {
        let (x, weight) = (numbers(rows * inputs, 1), numbers(inputs * outputs, 2));
        let (bias, dy) = (numbers(outputs, 3), numbers(rows * outputs, 4));
        let loss = |x: &[f32], weight: &[f32], bias: &[f32]| -> f64 {
            let linear = Linear { x, weight, transposed, rows, inputs, outputs, activation, compute: Compute::F32 };
            let mut y = vec![0.0; dy.len()];
            forward(&linear, Some(bias), None, &mut y, None);
            y.iter().zip(&dy).map(|(&y, &dy)| f64::from(y) * f64::from(dy)).sum()
        };
        let linear =
            Linear { x: &x, weight: &weight, transposed, rows, inputs, outputs, activation, compute: Compute::F32 };
        let (mut y, mut hidden) = (vec![0.0; dy.len()], vec![0.0; dy.len()]);
        forward(&linear, Some(&bias), None, &mut y, activation.is_some().then_some(&mut hidden[..]));
        let (mut dx, mut dw, mut db) = (vec![f32::NAN; x.len()], vec![f32::NAN; weight.len()], vec![f32::NAN; outputs]);
        backward(&linear, &dy, &hidden, &mut dx, &mut dw, Some(&mut db));
        for (values, gradient, which) in [(&x, &dx, 0), (&weight, &dw, 1), (&bias, &db, 2)] {
            for at in [0, values.len() / 3, values.len().saturating_sub(1)].into_iter().filter(|&at| at < values.len())
            {
                let step = 1f32 / 64.0;
                let moved = |by: f32| {
                    let mut values = values.clone();
                    values[at] += by;
                    match which {
                        0 => loss(&values, &weight, &bias),
                        1 => loss(&x, &values, &bias),
                        _ => loss(&x, &weight, &values),
                    }
                };
                let slope = |step: f32| (moved(step) - moved(-step)) / (2.0 * f64::from(step));
                // Without the error of second order.
                close(gradient[at], (4.0 * slope(step) - slope(2.0 * step)) / 3.0, 1e-3);
            }
        }
    }
}
