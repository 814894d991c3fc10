//! A product on this thread: pieces along k, operands laid out where reading them as they lie would cost more.

#[cfg(target_arch = "x86_64")]
use super::amx;
use super::kernels::{Kernels, kernels};
use super::operands::{panels, strips};
use super::tile::{Block, Panels, Start, Strips};
use super::{Compute, View};
use crate::memory::with_scratch;
use std::ptr::null;

/// The longest piece of k whose sums are added to c at one time.
const MOST_DEPTH: usize = 512;
/// Elements of b, and of a where it is packed, laid out at one time.
const MOST_PANELS: usize = 1 << 16;
const MOST_STRIPS: usize = 1 << 14;
/// A transposed a below this size is read as it lies.
const SMALL: usize = 1 << 13;

/// How long the pieces of k are: a function of k alone, since it decides in which order an element is summed.
pub fn depth(k: usize) -> usize {
    k.div_ceil(k.div_ceil(MOST_DEPTH).max(1)).next_multiple_of(8)
}

/// `c = start + factor * a b`.
#[derive(Clone, Copy)]
pub struct Part {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: View,
    pub b: View,
    pub c: *mut f32,
    pub c_row: usize,
    pub start: Start,
    pub factor: f32,
}

impl Part {
    /// # Safety
    /// The matrices must lie in memory that is readable (a, b) and writable (c), and c may not overlap a or b; `start` must
    /// be readable, and its matrix may be c.
    pub unsafe fn run(self, compute: Compute) {
        #[cfg(target_arch = "x86_64")]
        if amx::suits(&self, compute) {
            // SAFETY: as the caller promises.
            return unsafe { amx::this_thread(self) };
        }
        let kernels = kernels(compute);
        let step = depth(self.k);
        // SAFETY: pieces of the part.
        unsafe {
            if self.k == 0 {
                self.piece(kernels, compute, 0, 0);
            }
            for p in (0..self.k).step_by(step.max(1)) {
                self.piece(kernels, compute, p, step.min(self.k - p));
            }
        }
    }

    /// The steps p to p + depth along k.
    unsafe fn piece(self, kernels: &Kernels, compute: Compute, p: usize, depth: usize) {
        let Part { m, n, c, c_row, factor, .. } = self;
        let (a, b) = (self.a.from(0, p), self.b.from(p, 0));
        let start = if p == 0 { self.start } else { Start { row: null(), matrix: c, matrix_row: c_row } };
        let rounding = compute == Compute::Bf16;
        let k = kernels.lanes(depth);
        let read_a = !rounding && (a.row != 1 || a.column == 1 || m * depth <= SMALL);
        let read_b = !rounding && b.column == 1 && m <= 2 * kernels.rows;
        let one_row = m == 1 && read_b;
        let width = if one_row { kernels.row_columns } else { kernels.columns };
        let block = if one_row { kernels.one_row } else { kernels.block };

        let rows = if read_a { m } else { m.min((MOST_STRIPS / depth.max(1)).next_multiple_of(kernels.rows)) };
        // Read in place, all whole panels are one chunk and the rest another.
        let columns = if !read_b {
            n.min((MOST_PANELS / depth.max(1)).next_multiple_of(width))
        } else if n < width {
            n
        } else {
            n / width * width
        };
        let a_length = if read_a { 0 } else { rows.next_multiple_of(kernels.rows) * k };
        let b_length = if read_b { width } else { columns.next_multiple_of(width) } * k;
        with_scratch(a_length + b_length, |scratch| {
            let (b_packed, a_packed) = scratch.split_at_mut(b_length);
            for j in (0..n).step_by(columns.max(1)) {
                let columns = columns.min(n - j);
                let b = b.from(0, j);
                let in_place = read_b && columns.is_multiple_of(width);
                let panels = if in_place {
                    Panels { data: b.data, step: b.row, panel: width }
                } else {
                    unsafe { panels(kernels, compute, depth, columns, b, width, b_packed) }
                };
                for i in (0..m).step_by(rows.max(1)) {
                    let rows = rows.min(m - i);
                    unsafe {
                        let a = a.from(i, 0);
                        let strips = if read_a {
                            Strips { data: a.data, row: a.row, step: a.column, strip: kernels.rows * a.row }
                        } else {
                            strips(kernels, compute, depth, rows, a, a_packed)
                        };
                        let start = start.from(i, j);
                        let c = c.add(i * c_row + j);
                        block(&Block { m: rows, n: columns, k, a: strips, b: panels, c, c_row, start, factor });
                    }
                }
            }
        });
    }
}
