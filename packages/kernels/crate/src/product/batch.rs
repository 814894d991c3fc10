use super::{View, multiply};
use crate::gelu;
use crate::memory::{Parts, piece};
use crate::pool;

/// A batch of products on all threads: `c[i] = activation(factor * a[i] b[i] + bias) + residual[i]`, every part but the
/// product itself optional. Fields are set with `Product { add: true, ..Product::new(sizes, a, b) }`.
#[derive(Clone, Copy)]
pub struct Product<'a> {
    pub sizes: Sizes,
    pub a: Operand<'a>,
    pub b: Operand<'a>,
    pub compute: Compute,
    pub factor: f32,
    /// Adds to what c holds; then there may be no bias, activation or residual.
    pub add: bool,
    /// Added to every row, [n].
    pub bias: Option<&'a [f32]>,
    pub activation: Option<Activation>,
    /// Added after the activation, [batch, m, n].
    pub residual: Option<&'a [f32]>,
}

/// The sizes of a batch of products [m, k] x [k, n].
#[derive(Clone, Copy)]
pub struct Sizes {
    pub batch: usize,
    pub m: usize,
    pub n: usize,
    pub k: usize,
}

/// An operand of [`Product`]: rows side by side, stored transposed or not; the same matrix for the whole batch
/// when `shared`.
#[derive(Clone, Copy)]
pub struct Operand<'a> {
    pub data: &'a [f32],
    pub transposed: bool,
    pub shared: bool,
}

/// What the elements of a and b are multiplied as; sums and results are float32 always.
#[derive(Clone, Copy, PartialEq)]
pub enum Compute {
    F32,
    /// Rounded to bfloat16, to nearest, ties to even.
    Bf16,
}

#[derive(Clone, Copy)]
pub enum Activation {
    /// Exact, with the error function.
    Gelu,
    GeluTanh,
}

impl<'a> Product<'a> {
    pub fn new(sizes: Sizes, a: Operand<'a>, b: Operand<'a>) -> Product<'a> {
        let compute = Compute::F32;
        Product { sizes, a, b, compute, factor: 1.0, add: false, bias: None, activation: None, residual: None }
    }

    /// Writes c, [batch, m, n], and where `hidden` is given there what the activation was applied to.
    pub fn run(&self, c: &mut [f32], hidden: Option<&mut [f32]>) {
        let rounded = |data: &[f32]| match self.compute {
            Compute::F32 => data.to_vec(),
            Compute::Bf16 => data.iter().map(|&x| bfloat16(x)).collect(),
        };
        let (a, b) = (rounded(self.a.data), rounded(self.b.data));
        let (a, b) = (Operand { data: &a, ..self.a }, Operand { data: &b, ..self.b });
        product(self.sizes, a, b, self.factor, self.add, self.bias, c);
        if let Some(hidden) = hidden {
            hidden.copy_from_slice(c);
        }
        if let Some(activation) = self.activation {
            let x = c.to_vec();
            gelu::forward(&x, matches!(activation, Activation::GeluTanh), c);
        }
        if let Some(residual) = self.residual {
            c.iter_mut().zip(residual).for_each(|(c, r)| *c += r);
        }
    }
}

/// The nearest bfloat16.
pub fn bfloat16(x: f32) -> f32 {
    let bits = x.to_bits();
    if x.is_nan() {
        return x;
    }
    f32::from_bits((bits.wrapping_add(0x7fff + (bits >> 16 & 1))) & 0xffff_0000)
}

impl Operand<'_> {
    fn view(&self, index: usize, rows: usize, columns: usize) -> View {
        let start = if self.shared { 0 } else { index * rows * columns };
        assert!(start + rows * columns <= self.data.len());
        let data = self.data[start..].as_ptr();
        if self.transposed { View { data, row: 1, column: rows } } else { View { data, row: columns, column: 1 } }
    }
}

#[derive(Clone, Copy)]
struct Views(View, View);
// SAFETY: read only while the operands are borrowed.
unsafe impl Send for Views {}
unsafe impl Sync for Views {}

fn product(sizes: Sizes, a: Operand, b: Operand, factor: f32, add: bool, bias: Option<&[f32]>, c: &mut [f32]) {
    let Sizes { batch, m, n, k } = sizes;
    assert_eq!(c.len(), batch * m * n);
    if c.is_empty() {
        return;
    }
    let work = m * n * k.max(1);
    let by_rows = m >= n;
    let extent = if by_rows { m } else { n };
    let pieces = pieces(extent, work, MOST_TASKS / batch);
    let size = piece(extent, 1, pieces).next_multiple_of(TILE).min(extent);
    let per_product = extent.div_ceil(size);
    // Small products of a batch go several to a task.
    let products = piece(batch, (PIECE_WORK / work).max(1), MOST_TASKS);
    let tasks = if per_product > 1 { batch * per_product } else { batch.div_ceil(products) };
    let out = Parts::of(c);
    let one = |index: usize, start: usize, count: usize| {
        let views = Views(a.view(index, m, k), b.view(index, k, n));
        let (i, j) = if by_rows { (start, 0) } else { (0, start) };
        let (rows, columns) = if by_rows { (count, n) } else { (m, count) };
        let c = out.pointer(index * m * n + i * n + j);
        // SAFETY: the views lie within the operands and the pieces of c are apart.
        unsafe {
            multiply(rows, columns, k, views.0.from(i, 0), views.1.from(0, j), c, n, factor, add);
            if let Some(bias) = bias {
                add_to_rows(std::slice::from_raw_parts(bias[j..].as_ptr(), columns), c, n, rows);
            }
        }
    };
    pool::run(tasks, |task| {
        if per_product > 1 {
            let start = task % per_product * size;
            one(task / per_product, start, size.min(extent - start));
        } else {
            let first = task * products;
            (first..(first + products).min(batch)).for_each(|index| one(index, 0, extent));
        }
    });
}

const PIECE_WORK: usize = 1 << 19;
const PIECE_EXTENT: usize = 160;
const MOST_TASKS: usize = 64;
const TILE: usize = 48;

/// How many pieces a product is cut into along its longer side: large enough to be worth a thread, and long enough that
/// packing the other operand again for each costs little. A power of two, which most thread counts share evenly.
fn pieces(extent: usize, work: usize, most: usize) -> usize {
    let pieces = (work / PIECE_WORK).min(extent / PIECE_EXTENT).min(most);
    if pieces == 0 { 1 } else { 1 << pieces.ilog2() }
}

/// # Safety
/// `c` must be writable at `rows` rows of the bias's length, `c_row` apart.
unsafe fn add_to_rows(bias: &[f32], c: *mut f32, c_row: usize, rows: usize) {
    for i in 0..rows {
        // SAFETY: as the caller promises.
        let row = unsafe { std::slice::from_raw_parts_mut(c.add(i * c_row), bias.len()) };
        for (y, b) in row.iter_mut().zip(bias) {
            *y += b;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, numbers};

    #[test]
    fn products_agree_with_loops() {
        let shapes = [
            (1, 1, 1, 1),
            (3, 2, 5, 7),
            (1, 65, 33, 17),
            (2, 1, 129, 64),
            (1, 200, 3, 0),
            (24, 64, 32, 64),
            (1, 768, 384, 128),
            (1, 97, 769, 131),
        ];
        for (batch, m, n, k) in shapes {
            for bits in 0..16 {
                let (ta, tb, shared, with_bias) = (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0, bits & 8 > 0);
                let a = numbers(batch * m * k, 1);
                let b = numbers(if shared { 1 } else { batch } * k * n, 2);
                let bias = numbers(n, 3);
                let mut c = vec![f32::NAN; batch * m * n];
                let a_operand = Operand { data: &a, transposed: ta, shared: false };
                let b_operand = Operand { data: &b, transposed: tb, shared };
                let bias_of = with_bias.then_some(&bias[..]);
                Product { bias: bias_of, ..Product::new(Sizes { batch, m, n, k }, a_operand, b_operand) }
                    .run(&mut c, None);
                for index in 0..batch {
                    for i in 0..m {
                        for j in 0..n {
                            let mut sum = if with_bias { f64::from(bias[j]) } else { 0.0 };
                            for p in 0..k {
                                let x = a[index * m * k + if ta { p * m + i } else { i * k + p }];
                                let start = if shared { 0 } else { index * k * n };
                                let y = b[start + if tb { j * k + p } else { p * n + j }];
                                sum += f64::from(x) * f64::from(y);
                            }
                            close(c[index * m * n + i * n + j], sum, 2e-5);
                        }
                    }
                }
            }
        }
    }
}
