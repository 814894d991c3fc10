use super::View;
use super::all_threads::all_threads;
use super::part::Part;
use super::tile::Start;
use crate::gelu;
use crate::memory::{Parts, piece};
use crate::pool;
use std::ptr::null;

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

impl Activation {
    fn apply(self, x: &[f32], y: &mut [f32]) {
        match self {
            Activation::Gelu => gelu::forward_exact(x, y),
            Activation::GeluTanh => gelu::forward_tanh(x, y),
        }
    }
}

impl<'a> Product<'a> {
    pub fn new(sizes: Sizes, a: Operand<'a>, b: Operand<'a>) -> Product<'a> {
        let compute = Compute::F32;
        Product { sizes, a, b, compute, factor: 1.0, add: false, bias: None, activation: None, residual: None }
    }

    /// Writes c, [batch, m, n], and where `hidden` is given there what the activation was applied to.
    pub fn run(&self, c: &mut [f32], hidden: Option<&mut [f32]>) {
        self.check(c.len(), hidden.as_deref().map(<[f32]>::len));
        if c.is_empty() {
            return;
        }
        let merged = self.merged();
        let Sizes { batch, m, n, k } = merged.sizes;
        let (c, hidden) = (Parts::of(c), hidden.map(Parts::of));
        let work = m * n * k.max(1);
        let whole = |index: usize| (index, Tile { i: 0, j: 0, rows: m, columns: n });
        // SAFETY (all calls): the views lie within the operands, and tasks write parts of c that are apart.
        if work < SMALL || k == 0 || (batch > 1 && work < LARGE) {
            // Small products go several to a task.
            let products = piece(batch, (SMALL / work).max(1), MOST_TASKS);
            pool::run(batch.div_ceil(products), |task| {
                for index in task * products..((task + 1) * products).min(batch) {
                    let (index, tile) = whole(index);
                    unsafe { merged.on_this_thread(index, tile, c, hidden) };
                }
            });
        } else if m <= FEW_ROWS {
            // Each thread packs its own columns.
            let columns = piece(n, (SMALL / (m * k.max(1))).max(1), MOST_TASKS).next_multiple_of(COLUMNS);
            let pieces = n.div_ceil(columns);
            pool::run(batch * pieces, |task| {
                let (index, j) = (task / pieces, task % pieces * columns);
                let tile = Tile { i: 0, j, rows: m, columns: columns.min(n - j) };
                unsafe { merged.on_this_thread(index, tile, c, hidden) };
            });
        } else {
            for index in 0..batch {
                let part = merged.part(index, Tile { i: 0, j: 0, rows: m, columns: n }, c, hidden);
                let finish = |tile: Tile| unsafe { merged.finish(index, tile, c, hidden) };
                unsafe { all_threads(part, merged.compute, &finish) };
            }
        }
    }

    fn check(&self, c: usize, hidden: Option<usize>) {
        let Sizes { batch, m, n, .. } = self.sizes;
        assert_eq!(c, batch * m * n);
        assert!(hidden.is_none_or(|length| length == c && self.activation.is_some()));
        assert!(self.bias.is_none_or(|bias| bias.len() == n));
        assert!(self.residual.is_none_or(|residual| residual.len() == c));
        let alone = self.bias.is_none() && self.activation.is_none() && self.residual.is_none();
        assert!(!self.add || alone, "add goes with no bias, activation or residual");
    }

    /// A batch that shares b is one product with more rows.
    fn merged(&self) -> Product<'a> {
        let Sizes { batch, m, n, k } = self.sizes;
        if !self.b.shared || self.a.shared || self.a.transposed {
            return *self;
        }
        Product { sizes: Sizes { batch: 1, m: batch * m, n, k }, ..*self }
    }

    unsafe fn on_this_thread(&self, index: usize, tile: Tile, c: Parts, hidden: Option<Parts>) {
        // SAFETY: as the caller promises.
        unsafe {
            self.part(index, tile, c, hidden).run(self.compute);
            self.finish(index, tile, c, hidden);
        }
    }

    /// The sums of a part of product `index`, up to the activation.
    fn part(&self, index: usize, tile: Tile, c: Parts, hidden: Option<Parts>) -> Part {
        let Sizes { m, n, k, .. } = self.sizes;
        let Tile { i, j, rows, columns } = tile;
        let offset = index * m * n + i * n + j;
        let c = hidden.unwrap_or(c).pointer(offset);
        let residual = self.residual.filter(|_| self.activation.is_none());
        let matrix = residual.map_or(null(), |residual| residual[offset..].as_ptr());
        let start = Start {
            row: self.bias.map_or(null(), |bias| bias[j..].as_ptr()),
            matrix: if self.add { c } else { matrix },
            matrix_row: n,
        };
        let (a, b) = (self.a.view(index, m, k).from(i, 0), self.b.view(index, k, n).from(0, j));
        Part { m: rows, n: columns, k, a, b, c, c_row: n, start, factor: self.factor }
    }

    /// The activation of a part whose sums are complete, and what comes after it.
    unsafe fn finish(&self, index: usize, tile: Tile, c: Parts, hidden: Option<Parts>) {
        let Some(activation) = self.activation else { return };
        let Sizes { m, n, .. } = self.sizes;
        for i in tile.i..tile.i + tile.rows {
            for j in (0..tile.columns).step_by(ROW) {
                let (offset, length) = (index * m * n + i * n + tile.j + j, ROW.min(tile.columns - j));
                // SAFETY: this task's part of c.
                let y = unsafe { c.part(offset, length) };
                match hidden {
                    // SAFETY: this task's part too, which nobody writes any more.
                    Some(hidden) => activation.apply(unsafe { hidden.part(offset, length) }, y),
                    None => {
                        let mut copy = [0.0; ROW];
                        copy[..length].copy_from_slice(y);
                        activation.apply(&copy[..length], y);
                    }
                }
                if let Some(residual) = self.residual {
                    y.iter_mut().zip(&residual[offset..]).for_each(|(y, residual)| *y += residual);
                }
            }
        }
    }
}

/// A part of c.
#[derive(Clone, Copy)]
pub struct Tile {
    pub i: usize,
    pub j: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Operand<'_> {
    fn view(&self, index: usize, rows: usize, columns: usize) -> View {
        let start = if self.shared { 0 } else { index * rows * columns };
        assert!(start + rows * columns <= self.data.len());
        let data = self.data[start..].as_ptr();
        if self.transposed { View { data, row: 1, column: rows } } else { View { data, row: columns, column: 1 } }
    }
}

/// Multiplications that are not worth another thread.
const SMALL: usize = 1 << 18;
/// Multiplications from which every product of a batch is spread over the threads.
const LARGE: usize = 1 << 22;
const MOST_TASKS: usize = 64;
/// Up to so many rows, laying b out for all threads costs more than it saves.
const FEW_ROWS: usize = 16;
/// A multiple of every panel's width.
const COLUMNS: usize = 64;
/// Elements the activation is applied to at one time.
const ROW: usize = 512;
