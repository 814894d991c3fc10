//! The optimizers' updates of many tensors at once, in place.
//!
//! All tensors are taken as one long row of elements, which is cut into blocks of one size: the threads share the work
//! evenly whatever the shapes, and the blocks do not depend on the number of threads.

use crate::elementwise::Adam;
use crate::memory::Parts;
use crate::pool;
use crate::reduce::sum_of_squares_piece;
use crate::simd::multiversion;
use std::sync::Mutex;

/// Elements of a block: long enough that taking one costs nothing beside its work.
const BLOCK: usize = 1 << 14;

/// Elements that are summed in float32 before the sum goes on in double precision.
const SHORT: usize = 1 << 12;

/// The numbers of [`adam_w`].
#[derive(Clone, Copy)]
pub struct AdamW {
    pub rate: f32,
    pub adam: Adam,
    /// What the gradients are multiplied by first.
    pub gradient_scale: f32,
}

/// A parameter, its gradient and its moments, all of one length.
pub struct Tensors<'a> {
    pub parameter: &'a mut [f32],
    pub gradient: &'a [f32],
    pub m: &'a mut [f32],
    pub v: &'a mut [f32],
    pub decay: f32,
}

/// `p <- p - rate (mHat / (sqrt(vHat) + epsilon) + decay p)` with new moments, for every tensor.
pub fn adam_w(tensors: Vec<Tensors>, numbers: AdamW) {
    let tensors: Vec<_> = tensors
        .into_iter()
        .map(|t| (Parts::of(t.parameter), t.gradient, Parts::of(t.m), Parts::of(t.v), t.decay))
        .collect();
    let blocks = Blocks::of(tensors.iter().map(|tensor| tensor.1.len()));
    pool::run(blocks.count(), |task| {
        blocks.each(task, |index, start, length| {
            let (p, g, m, v, decay) = &tensors[index];
            // SAFETY: blocks are apart, and so are the tensors.
            let (p, m, v) = unsafe { (p.part(start, length), m.part(start, length), v.part(start, length)) };
            adam_w_piece(p, &g[start..][..length], m, v, *decay, numbers);
        });
    });
}

/// The square root of the sum of the squares of all elements.
pub fn global_norm(tensors: &[&[f32]]) -> f64 {
    let blocks = Blocks::of(tensors.iter().map(|tensor| tensor.len()));
    let totals = Mutex::new(vec![0.0; blocks.count()]);
    pool::run(blocks.count(), |task| {
        let mut total = 0.0;
        blocks.each(task, |index, start, length| {
            let pieces = tensors[index][start..][..length].chunks(SHORT);
            total += pieces.map(|piece| f64::from(sum_of_squares_piece(piece))).sum::<f64>();
        });
        totals.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[task] = total;
    });
    let totals = totals.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    totals.iter().sum::<f64>().sqrt()
}

/// Tensors as one row of elements in blocks.
struct Blocks {
    /// Where each tensor starts, and where the last one ends.
    starts: Vec<usize>,
}

impl Blocks {
    fn of(lengths: impl Iterator<Item = usize>) -> Blocks {
        let mut starts = vec![0];
        let mut end = 0;
        for length in lengths {
            end += length;
            starts.push(end);
        }
        Blocks { starts }
    }

    fn total(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    fn count(&self) -> usize {
        self.total().div_ceil(BLOCK)
    }

    /// Calls `f(tensor, start, length)` for the parts of tensors that lie in a block.
    fn each(&self, block: usize, mut f: impl FnMut(usize, usize, usize)) {
        let (mut at, end) = (block * BLOCK, ((block + 1) * BLOCK).min(self.total()));
        let mut index = self.starts.partition_point(|&start| start <= at) - 1;
        while at < end {
            let stop = self.starts[index + 1].min(end);
            if stop > at {
                f(index, at - self.starts[index], stop - at);
            }
            at = stop;
            index += 1;
        }
    }
}

multiversion! {
    pub fn adam_w_piece(p: &mut [f32], g: &[f32], m: &mut [f32], v: &mut [f32], decay: f32, numbers: AdamW) {
        let n = g.len();
        let (p, m, v) = (&mut p[..n], &mut m[..n], &mut v[..n]);
        for i in 0..n {
            let gradient = g[i] * numbers.gradient_scale;
            let direction;
            (m[i], v[i], direction) = numbers.adam.update(gradient, m[i], v[i]);
            p[i] -= numbers.rate * (direction + decay * p[i]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    const LENGTHS: [usize; 8] = [1, 0, 70_001, 3, BLOCK, BLOCK - 1, 0, 5];

    #[test]
    fn adam_w_agrees_with_double_precision() {
        let make = |seed: u64| -> Vec<Vec<f32>> {
            LENGTHS.iter().enumerate().map(|(i, &n)| numbers(n, seed + i as u64)).collect()
        };
        let (old_p, g, old_m) = (make(1), make(11), make(21));
        let old_v: Vec<Vec<f32>> = make(31).iter().map(|v| v.iter().map(|v| v * v).collect()).collect();
        let (mut p, mut m, mut v) = (old_p.clone(), old_m.clone(), old_v.clone());
        let tensors = p.iter_mut().zip(&g).zip(m.iter_mut().zip(&mut v)).enumerate();
        let tensors = tensors.map(|(i, ((parameter, gradient), (m, v)))| Tensors {
            parameter,
            gradient,
            m,
            v,
            decay: if i % 2 == 0 { 0.1 } else { 0.0 },
        });
        let adam = Adam::new(0.9, 0.99, 1e-3, 1.0 / 5.0, 1.0 / 50.0);
        let options = AdamW { rate: 0.01, adam, gradient_scale: 0.5 };
        adam_w(tensors.collect(), options);
        for (t, &n) in LENGTHS.iter().enumerate() {
            let decay = if t % 2 == 0 { 0.1 } else { 0.0 };
            for i in 0..n {
                let [p0, g, m0, v0] = [old_p[t][i], g[t][i], old_m[t][i], old_v[t][i]].map(f64::from);
                let g = g * 0.5;
                let (m1, v1) = (0.9 * m0 + 0.1 * g, 0.99 * v0 + 0.01 * g * g);
                close(m[t][i], m1, 1e-6);
                close(v[t][i], v1, 1e-6);
                let direction = m1 * 5.0 / ((v1 * 50.0).sqrt() + 1e-3);
                close(p[t][i], p0 - 0.01 * (direction + decay * p0), 1e-6);
            }
        }
    }

    #[test]
    fn the_norm_agrees_with_double_precision() {
        let tensors: Vec<_> = LENGTHS.iter().enumerate().map(|(i, &n)| numbers(n, i as u64)).collect();
        let squares = tensors.iter().flatten().map(|&x| f64::from(x).powi(2)).sum::<f64>();
        let views: Vec<_> = tensors.iter().map(Vec::as_slice).collect();
        assert!((global_norm(&views) / squares.sqrt() - 1.0).abs() < 1e-7);
        assert_eq!(global_norm(&[]), 0.0);
        assert_eq!(global_norm(&[&[], &[]]), 0.0);
    }
}
