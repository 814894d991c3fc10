//! Rotary position embedding. Su et al. 2021, https://arxiv.org/abs/2104.09864

use crate::memory::{Parts, piece};
use crate::pool;
use crate::simd::multiversion;

/// `x` is [rows, width]: heads of `size`, of which the first `turned` turn, by the angles of the row's position.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub rows: usize,
    /// Rows of a sequence; row r stands at position r mod time.
    pub time: usize,
    pub width: usize,
    pub size: usize,
    pub turned: usize,
    /// The first so many elements of a head turn; even.
    pub dims: usize,
    /// Pairs lie side by side; else element i pairs with i + dims / 2.
    pub interleaved: bool,
}

/// Turns each pair (a, b) to (a cos - b sin, a sin + b cos), or back when `inverse`. `cos` and `sin` are
/// [time, dims / 2].
pub fn rotary(sizes: Sizes, x: &[f32], cos: &[f32], sin: &[f32], inverse: bool, y: &mut [f32]) {
    let Sizes { rows, time, width, dims, .. } = sizes;
    let each = piece(rows, (1 << 13) / width.max(1), 64);
    let sign = if inverse { -1.0 } else { 1.0 };
    let y = Parts::of(y);
    pool::run(rows.div_ceil(each), |task| {
        for row in task * each..rows.min((task + 1) * each) {
            let at = row % time * (dims / 2);
            let (cos, sin) = (&cos[at..][..dims / 2], &sin[at..][..dims / 2]);
            // SAFETY: every task writes its own rows.
            let y = unsafe { y.part(row * width, width) };
            turn_row(&x[row * width..][..width], cos, sin, sign, sizes, y);
        }
    });
}

multiversion! {
    pub fn turn_row(x: &[f32], cos: &[f32], sin: &[f32], sign: f32, sizes: Sizes, y: &mut [f32]) {
        let Sizes { size, turned, dims, interleaved, .. } = sizes;
        let half = dims / 2;
        let sin = &sin[..half];
        let cos = &cos[..half];
        for head in 0..turned {
            let (x, y) = (&x[head * size..][..size], &mut y[head * size..][..size]);
            if interleaved {
                for (i, (y, x)) in y[..dims].as_chunks_mut::<2>().0.iter_mut().zip(x[..dims].as_chunks::<2>().0).enumerate()
                {
                    let sin = sin[i] * sign;
                    *y = [x[0] * cos[i] - x[1] * sin, x[0] * sin + x[1] * cos[i]];
                }
            } else {
                let (a, b) = (&x[..half], &x[half..dims]);
                let (ya, yb) = y[..dims].split_at_mut(half);
                for i in 0..half {
                    let sin = sin[i] * sign;
                    ya[i] = a[i] * cos[i] - b[i] * sin;
                    yb[i] = a[i] * sin + b[i] * cos[i];
                }
            }
            y[dims..].copy_from_slice(&x[dims..]);
        }
        y[turned * size..].copy_from_slice(&x[turned * size..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn pairs_turn_and_turn_back() {
        for (rows, time, heads, size, turned, dims) in
            [(6, 3, 3, 10, 2, 6), (1, 1, 1, 2, 1, 2), (4, 4, 2, 64, 2, 64), (0, 1, 1, 4, 1, 4), (2, 2, 1, 5, 1, 0)]
        {
            for interleaved in [false, true] {
                let sizes = Sizes { rows, time, width: heads * size, size, turned, dims, interleaved };
                let x = numbers(rows * heads * size, 1);
                let angles: Vec<f64> = (0..time * dims / 2).map(|i| i as f64 * 0.7).collect();
                let table = |f: fn(f64) -> f64| angles.iter().map(|&angle| f(angle) as f32).collect::<Vec<f32>>();
                let (cos, sin) = (table(f64::cos), table(f64::sin));
                let (mut y, mut back) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
                rotary(sizes, &x, &cos, &sin, false, &mut y);
                rotary(sizes, &y, &cos, &sin, true, &mut back);
                for i in 0..x.len() {
                    let (row, head, c) = (i / (heads * size), i / size % heads, i % size);
                    let mut expected = f64::from(x[i]);
                    if head < turned && c < dims {
                        let (pair, second) =
                            if interleaved { (c / 2, c % 2 == 1) } else { (c % (dims / 2), c >= dims / 2) };
                        let distance = if interleaved { 1 } else { dims / 2 };
                        let other = f64::from(x[if second { i - distance } else { i + distance }]);
                        let angle = angles[row % time * dims / 2 + pair];
                        let sign = if second { 1.0 } else { -1.0 };
                        expected = expected * angle.cos() + sign * other * angle.sin();
                    }
                    close(y[i], expected, 1e-6);
                    close(back[i], f64::from(x[i]), 1e-6);
                }
            }
        }
    }
}
