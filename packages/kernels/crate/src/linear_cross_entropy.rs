//! The loss straight from hidden states and a head, without all logits at one time.

use crate::cross_entropy::{in_place, sum_of_losses};
use crate::memory::{Parts, piece, with_scratch};
use crate::pool;
use crate::product::{Compute, Operand, Product, Sizes};

/// `logits = scale * x weight^T`, with `x` [rows, width] and `weight` [vocabulary, width].
pub struct Inputs<'a> {
    pub x: &'a [f32],
    pub weight: &'a [f32],
    pub targets: &'a [i32],
    pub width: usize,
    pub vocabulary: usize,
    /// Rows with this target do not count.
    pub ignored: i32,
    pub z_loss: f32,
    pub scale: f32,
    pub compute: Compute,
}

/// The gradients of [`Inputs`]' `x` and `weight`.
pub struct Gradients<'a> {
    pub dx: &'a mut [f32],
    pub d_weight: &'a mut [f32],
}

/// The mean loss of the rows that count, and where asked for its gradients.
///
/// Takes the rows in chunks: the logits of a chunk become their own gradient in place, and are multiplied back into
/// `dx` and `d_weight` before the next chunk's are made. Rows that do not count cost nothing.
pub fn linear_cross_entropy(inputs: &Inputs, mut gradients: Option<Gradients>) -> f32 {
    let Inputs { targets, vocabulary, ignored, .. } = *inputs;
    let counted: Vec<usize> = (0..targets.len()).filter(|&row| targets[row] != ignored).collect();
    if let Some(Gradients { dx, d_weight }) = &mut gradients {
        if counted.len() < targets.len() {
            fill_zero(dx);
        }
        if counted.is_empty() {
            fill_zero(d_weight);
        }
    }
    let mut total = 0.0;
    let size = chunk(counted.len(), vocabulary);
    for (index, rows) in counted.chunks(size).enumerate() {
        let chunk = Chunk { inputs, rows, weight: 1.0 / counted.len() as f32, first: index == 0 };
        total += chunk.run(gradients.as_mut());
    }
    (total / counted.len().max(1) as f64) as f32
}

/// Logits of a chunk: 64 MiB of them. With GPT-2's vocabulary that is 333 rows; with fewer rows to a chunk the head is
/// read too often for the work done with it.
const LOGITS: usize = 1 << 24;

/// The rows of a chunk: as few chunks as `LOGITS` allows, of equal size.
fn chunk(rows: usize, vocabulary: usize) -> usize {
    let chunks = rows.saturating_mul(vocabulary).div_ceil(LOGITS).max(1);
    rows.div_ceil(chunks).max(1)
}

struct Chunk<'a> {
    inputs: &'a Inputs<'a>,
    rows: &'a [usize],
    /// What a row's loss counts for.
    weight: f32,
    first: bool,
}

impl Chunk<'_> {
    /// Adds to the gradients, and returns the sum of the losses.
    fn run(&self, gradients: Option<&mut Gradients>) -> f64 {
        let Inputs { x, weight, targets, width, vocabulary, z_loss, scale, .. } = *self.inputs;
        let rows = self.rows.len();
        let target = |row: usize| targets[self.rows[row]] as usize;
        // Rows that lie side by side are used where they are.
        let start = self.rows[0] * width;
        let together = self.rows[rows - 1] - self.rows[0] + 1 == rows;
        let gathered = if together { 0 } else { rows * width };
        with_scratch(rows * vocabulary + 2 * gathered, |scratch| {
            let (logits, scratch) = scratch.split_at_mut(rows * vocabulary);
            let (own_x, own_dx) = scratch.split_at_mut(gathered);
            let x = if together {
                &x[start..][..rows * width]
            } else {
                for (own, row) in own_x.chunks_exact_mut(width.max(1)).zip(self.rows) {
                    own.copy_from_slice(&x[row * width..][..width]);
                }
                &*own_x
            };
            self.product((rows, vocabulary, width), plain(x), transposed(weight), scale, false, logits);
            let Some(Gradients { dx, d_weight }) = gradients else {
                return sum_of_losses(logits, target, rows, z_loss);
            };
            let total = in_place(logits, target, rows, z_loss, self.weight * scale);
            self.product((vocabulary, width, rows), transposed(logits), plain(x), 1.0, !self.first, d_weight);
            if together {
                let dx = &mut dx[start..][..rows * width];
                self.product((rows, width, vocabulary), plain(logits), plain(weight), 1.0, false, dx);
            } else {
                self.product((rows, width, vocabulary), plain(logits), plain(weight), 1.0, false, own_dx);
                for (own, row) in own_dx.chunks_exact(width.max(1)).zip(self.rows) {
                    dx[row * width..][..width].copy_from_slice(own);
                }
            }
            total
        })
    }

    fn product(&self, (m, n, k): (usize, usize, usize), a: Operand, b: Operand, factor: f32, add: bool, c: &mut [f32]) {
        let compute = self.inputs.compute;
        Product { compute, add, factor, ..Product::new(Sizes { batch: 1, m, n, k }, a, b) }.run(c, None);
    }
}

fn plain(data: &[f32]) -> Operand<'_> {
    Operand { data, transposed: false, shared: false }
}

fn transposed(data: &[f32]) -> Operand<'_> {
    Operand { transposed: true, ..plain(data) }
}

fn fill_zero(x: &mut [f32]) {
    let n = x.len();
    let size = piece(n, 1 << 16, 16);
    let parts = Parts::of(x);
    // SAFETY: the pieces are apart.
    pool::run(n.div_ceil(size), |task| unsafe { parts.part(task * size, size.min(n - task * size)).fill(0.0) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn loss_and_gradients_agree_with_double_precision() {
        for (rows, width, vocabulary, ignored) in
            [(1, 1, 1, -1), (7, 5, 11, -1), (40, 33, 65, 3), (3, 4, 6, 0), (0, 4, 6, -1), (2, 0, 3, -1), (5, 2, 1, 0)]
        {
            check(rows, width, vocabulary, ignored);
        }
    }

    #[test]
    fn more_logits_than_a_chunk_holds() {
        assert!(chunk(130, 140_000) < 130);
        check(130, 2, 140_000, -1);
        check(130, 2, 140_000, 7);
    }

    fn check(rows: usize, width: usize, vocabulary: usize, ignored: i32) {
        let (x, weight) = (numbers(rows * width, 1), numbers(vocabulary * width, 2));
        let targets: Vec<i32> = (0..rows).map(|row| (row * 7 % vocabulary) as i32).collect();
        let (z_loss, scale) = (0.01, 0.5);
        let inputs = Inputs {
            x: &x,
            weight: &weight,
            targets: &targets,
            width,
            vocabulary,
            ignored,
            z_loss,
            scale,
            compute: Compute::F32,
        };
        let (mut dx, mut d_weight) = (vec![9.0; rows * width], vec![9.0; vocabulary * width]);
        let loss = linear_cross_entropy(&inputs, Some(Gradients { dx: &mut dx, d_weight: &mut d_weight }));
        close(loss, f64::from(linear_cross_entropy(&inputs, None)), 1e-6);

        let count = targets.iter().filter(|&&target| target != ignored).count();
        let (z_loss, scale) = (f64::from(z_loss), f64::from(scale));
        let mut total = 0.0;
        let (mut expected_dx, mut expected_d_weight) = (vec![0.0; dx.len()], vec![0.0; d_weight.len()]);
        for row in (0..rows).filter(|&row| targets[row] != ignored) {
            let at = |v: usize, c: usize| f64::from(weight[v * width + c]);
            let hidden = |c: usize| f64::from(x[row * width + c]);
            let logits: Vec<f64> =
                (0..vocabulary).map(|v| (0..width).map(|c| hidden(c) * at(v, c)).sum::<f64>() * scale).collect();
            let sum = logits.iter().map(|l| l.exp()).sum::<f64>();
            total += sum.ln() - logits[targets[row] as usize] + z_loss * sum.ln().powi(2);
            for (v, logit) in logits.iter().enumerate() {
                let softmax = logit.exp() / sum * (1.0 + 2.0 * z_loss * sum.ln());
                let gradient = (softmax - if v == targets[row] as usize { 1.0 } else { 0.0 }) / count as f64 * scale;
                for c in 0..width {
                    expected_dx[row * width + c] += gradient * at(v, c);
                    expected_d_weight[v * width + c] += gradient * hidden(c);
                }
            }
        }
        close(loss, total / count.max(1) as f64, 1e-5);
        dx.iter().zip(&expected_dx).for_each(|(&found, &expected)| close(found, expected, 2e-6));
        d_weight.iter().zip(&expected_d_weight).for_each(|(&found, &expected)| close(found, expected, 2e-6));
    }
}
