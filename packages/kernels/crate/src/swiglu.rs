//! A gate for hidden layers: `silu(gate) * up`, with `silu(x) = x sigmoid(x)`. Shazeer 2020, https://arxiv.org/abs/2002.05202

use crate::math::sigmoid;
use crate::memory::{Parts, piece};
use crate::pool;
use crate::simd::multiversion;

/// Rows of `width` numbers that lie `stride` apart from `start`: a tensor, or one half of a packed one.
#[derive(Clone, Copy)]
pub struct Layout {
    pub start: usize,
    pub stride: usize,
}

/// `y = silu(gate) * up`, with y [rows, width].
pub fn forward(gate: (&[f32], Layout), up: (&[f32], Layout), width: usize, y: &mut [f32]) {
    let elements = y.len();
    let out = Parts::of(y);
    each_row(elements, width, |row| {
        // SAFETY: every row belongs to one task.
        forward_row(part(gate, row, width), part(up, row, width), unsafe { out.part(row * width, width) });
    });
}

/// The gradients of gate and up, each in its layout. When `d_up` is empty, both are halves of the rows of `d_gate`.
pub fn backward(
    dy: &[f32],
    gate: (&[f32], Layout),
    up: (&[f32], Layout),
    width: usize,
    d_gate: &mut [f32],
    d_up: &mut [f32],
) {
    let packed = d_up.is_empty();
    let (d_gate, d_up) = (Parts::of(d_gate), Parts::of(d_up));
    let d_up = if packed { d_gate } else { d_up };
    each_row(dy.len(), width, |row| {
        let at = |layout: Layout| layout.start + row * layout.stride;
        // SAFETY: every row belongs to one task, and the halves of a packed row are apart.
        let (d_gate, d_up) = unsafe { (d_gate.part(at(gate.1), width), d_up.part(at(up.1), width)) };
        backward_row(&dy[row * width..][..width], part(gate, row, width), part(up, row, width), d_gate, d_up);
    });
}

fn each_row(elements: usize, width: usize, f: impl Fn(usize) + Sync) {
    let rows = elements.checked_div(width).unwrap_or(0);
    let size = piece(rows, (1 << 13) / width.max(1), 32);
    pool::run(rows.div_ceil(size), |task| (task * size..((task + 1) * size).min(rows)).for_each(&f));
}

fn part((data, layout): (&[f32], Layout), row: usize, width: usize) -> &[f32] {
    &data[layout.start + row * layout.stride..][..width]
}

multiversion! {
    pub fn forward_row(gate: &[f32], up: &[f32], y: &mut [f32]) {
        let n = y.len();
        let (gate, up) = (&gate[..n], &up[..n]);
        for i in 0..n {
            y[i] = gate[i] * sigmoid(gate[i]) * up[i];
        }
    }

    pub fn backward_row(dy: &[f32], gate: &[f32], up: &[f32], d_gate: &mut [f32], d_up: &mut [f32]) {
        let n = dy.len();
        let (gate, up, d_gate, d_up) = (&gate[..n], &up[..n], &mut d_gate[..n], &mut d_up[..n]);
        for i in 0..n {
            let s = sigmoid(gate[i]);
            let silu = gate[i] * s;
            d_gate[i] = dy[i] * up[i] * (s + silu * (1.0 - s));
            d_up[i] = dy[i] * silu;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn both_layouts_agree_with_double_precision() {
        for (rows, width) in [(1, 1), (5, 7), (0, 3), (300, 129)] {
            let n = rows * width;
            let (x, dy) = (numbers(2 * n, 1), numbers(n, 2));
            let x: Vec<f32> = x.iter().map(|x| x * 8.0).collect();
            let first = Layout { start: 0, stride: 2 * width };
            let second = Layout { start: width, ..first };
            let (mut y, mut dx) = (vec![9.0; n], vec![9.0; 2 * n]);
            forward((&x, first), (&x, second), width, &mut y);
            backward(&dy, (&x, first), (&x, second), width, &mut dx, &mut []);
            let half = |x: &[f32], which: usize| -> Vec<f32> {
                x.chunks(2 * width).flat_map(|row| row[which * width..][..width].to_vec()).collect()
            };
            let (gate, up) = (half(&x, 0), half(&x, 1));
            let (d_gate, d_up) = (half(&dx, 0), half(&dx, 1));
            let silu = |x: f64| x / (1.0 + (-x).exp());
            for i in 0..n {
                let (g, u, dy) = (f64::from(gate[i]), f64::from(up[i]), f64::from(dy[i]));
                close(y[i], silu(g) * u, 1e-6);
                close(d_up[i], dy * silu(g), 1e-6);
                close(d_gate[i], dy * u * (silu(g + 1e-5) - silu(g - 1e-5)) / 2e-5, 1e-5);
            }
            let apart = Layout { start: 0, stride: width };
            let (mut y_apart, mut d_gate_apart, mut d_up_apart) = (vec![9.0; n], vec![9.0; n], vec![9.0; n]);
            forward((&gate, apart), (&up, apart), width, &mut y_apart);
            backward(&dy, (&gate, apart), (&up, apart), width, &mut d_gate_apart, &mut d_up_apart);
            assert_eq!((y, d_gate, d_up), (y_apart, d_gate_apart, d_up_apart));
        }
    }
}
