//! The Gaussian error linear unit.

use crate::elementwise::for_pieces;
use crate::math::{clamp, erf, exp2_bounded};
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

// y = x s with s = (1 + tanh(u)) / 2 = 1 / (1 + 2^-v), where v = x (LINEAR + CUBIC x^2);
// dy/dx = s (1 + x (1 - s) (SLOPE + SLOPE_SQUARE x^2)).
const LINEAR: f32 = 2.302_208_2;
const CUBIC: f32 = 0.102_943_24;
const SLOPE: f32 = 1.595_769;
const SLOPE_SQUARE: f32 = 0.214_064_45;
/// From here on, and up to its negative, y is x or 0 in float32.
const FLAT: f32 = 10.0;

multiversion! {
    pub fn forward_tanh(x: &[f32], y: &mut [f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            let bounded = clamp(x, FLAT);
            let s = 1.0 / (1.0 + exp2_bounded(bounded * (-LINEAR - CUBIC * (bounded * bounded))));
            // Exactly 0, so that minus infinity gives NaN as in the formula.
            let s = if x < -FLAT { 0.0 } else { s };
            *y = x * s;
        }
    }

    pub fn backward_tanh(dy: &[f32], x: &[f32], dx: &mut [f32]) {
        let n = dx.len();
        let (dy, x) = (&dy[..n], &x[..n]);
        for i in 0..n {
            let x = clamp(x[i], FLAT);
            let square = x * x;
            let e = exp2_bounded(x * (-LINEAR - CUBIC * square));
            let s = 1.0 / (1.0 + e);
            let slope = x * (SLOPE + SLOPE_SQUARE * square);
            // 1 - s, but without its rounding where s is almost 1.
            let rest = e * s;
            dx[i] = (dy[i] * s) * (1.0 + slope * rest);
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
            let x = clamp(x[i], 13.0);
            let distribution = 0.5 + 0.5 * erf(x * std::f32::consts::FRAC_1_SQRT_2);
            let density = DENSITY * exp2_bounded(-0.5 * std::f32::consts::LOG2_E * (x * x));
            dx[i] = dy[i] * (distribution + x * density);
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

    #[test]
    fn far_from_zero_it_is_flat_or_the_identity() {
        for tanh in [true, false] {
            let x = [-f32::MAX, -1e10, -20.0, 20.0, 1e10, f32::MAX, f32::NAN];
            let (mut y, mut dx) = ([1.0; 7], [0.5; 7]);
            forward(&x, tanh, &mut y);
            backward(&[1.0; 7], &x, tanh, &mut dx);
            for i in 0..6 {
                close(y[i], f64::from(x[i].max(0.0)), 1e-6);
                close(dx[i], if x[i] > 0.0 { 1.0 } else { 0.0 }, 1e-6);
            }
            assert!(y[6].is_nan() && dx[6].is_nan());
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
