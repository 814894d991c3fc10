//! The Gaussian error linear unit.

use crate::elementwise::for_pieces;
use crate::math::{erf, exp_bounded, sigmoid};
use crate::memory::Parts;
use crate::simd::multiversion;

/// `y = x Phi(x)`, or its approximation by tanh.
pub fn forward(x: &[f32], tanh: bool, y: &mut [f32]) {
    let n = x.len();
    let y = Parts::of(y);
    for_pieces(n, |start, length| {
        // SAFETY: the pieces are apart.
        let (x, y) = (&x[start..][..length], unsafe { y.part(start, length) });
        if tanh { forward_tanh(x, y) } else { forward_exact(x, y) }
    });
}

/// `dx = dy * derivative(x)`.
pub fn backward(dy: &[f32], x: &[f32], tanh: bool, dx: &mut [f32]) {
    let n = x.len();
    let dx = Parts::of(dx);
    for_pieces(n, |start, length| {
        // SAFETY: the pieces are apart.
        let (dy, x, dx) = (&dy[start..][..length], &x[start..][..length], unsafe { dx.part(start, length) });
        if tanh { backward_tanh(dy, x, dx) } else { backward_exact(dy, x, dx) }
    });
}

// (1 + tanh(u)) / 2 = sigmoid(2u), with 2u = TWICE_SLOPE (x + CUBIC x^3).
const TWICE_SLOPE: f32 = 1.595_769;
const CUBIC: f32 = 0.044_715;

multiversion! {
    pub fn forward_tanh(x: &[f32], y: &mut [f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x * sigmoid((TWICE_SLOPE + TWICE_SLOPE * CUBIC * (x * x)) * x);
        }
    }

    pub fn backward_tanh(dy: &[f32], x: &[f32], dx: &mut [f32]) {
        let n = dx.len();
        let (dy, x) = (&dy[..n], &x[..n]);
        for i in 0..n {
            let (x, square) = (x[i], x[i] * x[i]);
            let s = sigmoid((TWICE_SLOPE + TWICE_SLOPE * CUBIC * square) * x);
            let slope = TWICE_SLOPE + 3.0 * TWICE_SLOPE * CUBIC * square;
            dx[i] = dy[i] * (s + x * (s * (1.0 - s)) * slope);
        }
    }

    pub fn forward_exact(x: &[f32], y: &mut [f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x * (0.5 + 0.5 * erf(x * std::f32::consts::FRAC_1_SQRT_2));
        }
    }

    pub fn backward_exact(dy: &[f32], x: &[f32], dx: &mut [f32]) {
        const DENSITY: f32 = 0.398_942_3;
        let n = dx.len();
        let (dy, x) = (&dy[..n], &x[..n]);
        for i in 0..n {
            let x = x[i];
            let distribution = 0.5 + 0.5 * erf(x * std::f32::consts::FRAC_1_SQRT_2);
            dx[i] = dy[i] * (distribution + x * (DENSITY * exp_bounded(-0.5 * (x * x))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::close;

    #[test]
    fn both_forms_agree_with_double_precision() {
        let x: Vec<f32> = (-4000..4000).map(|i| i as f32 / 500.0).collect();
        let ones = vec![1.0; x.len()];
        for tanh in [true, false] {
            let (mut y, mut dx) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            forward(&x, tanh, &mut y);
            backward(&ones, &x, tanh, &mut dx);
            for i in 0..x.len() {
                let v = f64::from(x[i]);
                close(y[i], naive(v, tanh), 2e-6);
                close(dx[i], (naive(v + 1e-5, tanh) - naive(v - 1e-5, tanh)) / 2e-5, 2e-6);
            }
        }
    }

    fn naive(x: f64, tanh: bool) -> f64 {
        if tanh {
            let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
            return x / 2.0 * (1.0 + u.tanh());
        }
        let z = x * std::f64::consts::FRAC_1_SQRT_2;
        let mut term = z;
        let mut total = z;
        for n in 1..300 {
            term *= 2.0 * z * z / (2.0 * f64::from(n) + 1.0);
            total += term;
        }
        x * (0.5 + total * (-z * z).exp() / std::f64::consts::PI.sqrt())
    }
}
