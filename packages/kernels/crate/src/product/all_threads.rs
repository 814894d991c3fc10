//! One large product on all threads: first the operands are packed, each once, then tiles of c are computed. A wide b
//! beside a packed a, as in the gradient of a weight, is packed by the tasks instead, each its own columns, while they
//! lie in its core's cache anyway.

use super::Compute;
#[cfg(target_arch = "x86_64")]
use super::amx;
use super::batch::Tile;
use super::kernels::{Kernels, kernels};
use super::operands::{panels, strips};
use super::part::{Part, depth};
use super::tile::{Block, Panels, Start, Strips};
use crate::memory::{Parts, with_scratch};
use crate::pool;
use std::ptr::null;

/// `c = start + factor * a b`, and `finish` on every part of c when its sums are complete.
///
/// # Safety
/// As for [`Part::run`]; k may not be 0.
pub unsafe fn all_threads(part: Part, compute: Compute, finish: &(dyn Fn(Tile) + Sync)) {
    #[cfg(target_arch = "x86_64")]
    if amx::suits(&part, compute) {
        // SAFETY: as the caller promises.
        return unsafe { amx::all_threads(part, finish) };
    }
    let Part { m, n, k, a, .. } = part;
    let kernels = kernels(compute);
    let step = depth(k);
    let length = (MOST_DEPTH / step).max(1) * step;
    let read_a = compute == Compute::F32 && (a.row != 1 || a.column == 1);
    let most = |elements: usize, unit: usize| (elements / length.min(k)).max(1).next_multiple_of(unit);
    let rows = if read_a { m } else { m.min(most(MOST_PACKED, kernels.rows)) };
    let pack_own = !read_a && rows == m && n >= WIDE;
    let columns = if pack_own { n } else { n.min(most(MOST_PACKED, kernels.columns)) };
    let lanes = kernels.lanes(length.min(k));
    let a_length = if read_a { 0 } else { rows.next_multiple_of(kernels.rows) * lanes };
    let b_length = if pack_own { 0 } else { columns.next_multiple_of(kernels.columns) * lanes };
    with_scratch(a_length + b_length, |scratch| {
        let (b_packed, a_packed) = scratch.split_at_mut(b_length);
        let b_packed = (!pack_own).then(|| Parts::of(b_packed));
        let a_packed = (!read_a).then(|| Parts::of(a_packed));
        for p in (0..k).step_by(length) {
            let depth = length.min(k - p);
            for j in (0..n).step_by(columns) {
                for i in (0..m).step_by(rows) {
                    let place = Tile { i, j, rows: rows.min(m - i), columns: columns.min(n - j) };
                    let round = Round { part, compute, kernels, place, p, depth, step, a_packed, b_packed };
                    // SAFETY: as the caller promises.
                    unsafe {
                        round.pack(i == 0, j == 0 || rows < m);
                        round.compute(finish);
                    }
                }
            }
        }
    });
}

/// Elements of an operand packed at one time.
const MOST_PACKED: usize = 1 << 20;
/// Steps along k in one round.
const MOST_DEPTH: usize = 3072;
/// Elements a task packs.
const PACK: usize = 1 << 15;
/// Elements of packed b that stay in a core's second cache.
const CACHED: usize = 1 << 16;
/// Multiplications worth a task, and how many tasks there are at most, about.
const TASK: usize = 3 << 18;
const TASKS: usize = 48;
const FEWEST_ROWS: usize = 24;
/// Columns of a b that tasks pack, and how many columns a task takes at most.
const WIDE: usize = 256;
const OWN: usize = 64;

/// A part of c and of k for which the packed operands have room.
struct Round<'a> {
    part: Part,
    compute: Compute,
    kernels: &'a Kernels,
    place: Tile,
    p: usize,
    depth: usize,
    step: usize,
    /// None where a is read as it lies.
    a_packed: Option<Parts<'a>>,
    /// None where every task packs its own columns.
    b_packed: Option<Parts<'a>>,
}

// SAFETY: operands are only read, and tasks write parts of the outputs that are apart.
unsafe impl Sync for Round<'_> {}

impl Round<'_> {
    /// # Safety
    /// As for [`all_threads`].
    unsafe fn pack(&self, b: bool, a: bool) {
        let per_task = |unit: usize| (PACK / self.step).max(1).next_multiple_of(unit);
        let (columns, rows) = (per_task(self.kernels.columns), per_task(self.kernels.rows));
        let pieces = self.depth.div_ceil(self.step);
        let b_tasks = if b && self.b_packed.is_some() { pieces * self.place.columns.div_ceil(columns) } else { 0 };
        let a_tasks = if a && self.a_packed.is_some() { pieces * self.place.rows.div_ceil(rows) } else { 0 };
        pool::run(b_tasks + a_tasks, |task| {
            let index = if task < b_tasks { task } else { task - b_tasks };
            let q = index % pieces * self.step;
            let depth = self.step.min(self.depth - q);
            let lanes = self.kernels.lanes(depth);
            // SAFETY: every task has its own part of the packed operands.
            unsafe {
                if let (Some(b_packed), true) = (self.b_packed, task < b_tasks) {
                    let j = index / pieces * columns;
                    let count = columns.min(self.place.columns - j);
                    let b = self.part.b.from(self.p + q, self.place.j + j);
                    let width = self.kernels.columns;
                    let out = b_packed.part(self.b_offset(q, depth, j), lanes * count.next_multiple_of(width));
                    panels(self.kernels, self.compute, depth, count, b, width, out);
                } else if let Some(a_packed) = self.a_packed {
                    let i = index / pieces * rows;
                    let count = rows.min(self.place.rows - i);
                    let a = self.part.a.from(self.place.i + i, self.p + q);
                    let height = self.kernels.rows;
                    let out = a_packed.part(self.a_offset(q, depth, i), lanes * count.next_multiple_of(height));
                    strips(self.kernels, self.compute, depth, count, a, out);
                }
            }
        });
    }

    /// # Safety
    /// As for [`all_threads`].
    unsafe fn compute(&self, finish: &(dyn Fn(Tile) + Sync)) {
        let Tile { rows, columns, .. } = self.place;
        let (height, width) = (self.kernels.rows, self.kernels.columns);
        let own = self.b_packed.is_none();
        let most = if own { OWN } else { (CACHED / self.kernels.lanes(self.step) / width).max(1) * width };
        let columns_of_task = columns.div_ceil(columns.div_ceil(most)).next_multiple_of(width);
        let across = columns.div_ceil(columns_of_task);
        let tasks = (rows * columns * self.depth / TASK).clamp(1, TASKS);
        let rows_of_task =
            if own { rows } else { rows.div_ceil(tasks.div_ceil(across)).max(FEWEST_ROWS).next_multiple_of(height) };
        let down = rows.div_ceil(rows_of_task);
        pool::run(across * down, |task| {
            let (i, j) = (task % down * rows_of_task, task / down * columns_of_task);
            // SAFETY: every task has its own part of c.
            unsafe { self.tile(i, j, rows_of_task.min(rows - i), columns_of_task.min(columns - j)) };
            if self.p + self.depth == self.part.k {
                finish(Tile {
                    i: self.place.i + i,
                    j: self.place.j + j,
                    rows: rows_of_task.min(rows - i),
                    columns: columns_of_task.min(columns - j),
                });
            }
        });
    }

    unsafe fn tile(&self, i: usize, j: usize, rows: usize, columns: usize) {
        let Part { a, c_row, factor, start, .. } = self.part;
        let (height, width) = (self.kernels.rows, self.kernels.columns);
        let (row, column) = (self.place.i + i, self.place.j + j);
        let c = self.part.c.wrapping_add(row * c_row + column);
        for q in (0..self.depth).step_by(self.step) {
            let depth = self.step.min(self.depth - q);
            let k = self.kernels.lanes(depth);
            let strips = match self.a_packed {
                None => {
                    let a = a.from(row, self.p + q);
                    Strips { data: a.data, row: a.row, step: a.column, strip: height * a.row }
                }
                Some(packed) => {
                    let data = packed.pointer(self.a_offset(q, depth, i)).cast_const();
                    if a.column == 1 {
                        Strips { data, row: k, step: 1, strip: height * k }
                    } else {
                        Strips { data, row: 1, step: height, strip: height * k }
                    }
                }
            };
            let first = self.p + q == 0;
            let start =
                if first { start.from(row, column) } else { Start { row: null(), matrix: c, matrix_row: c_row } };
            let compute = |b: Panels| {
                let block = Block { m: rows, n: columns, k, a: strips, b, c, c_row, start, factor };
                // SAFETY: as the caller promises.
                unsafe { (self.kernels.block)(&block) };
            };
            if let Some(packed) = self.b_packed {
                let data = packed.pointer(self.b_offset(q, depth, j)).cast_const();
                compute(Panels { data, step: width, panel: k * width });
            } else {
                let b = self.part.b.from(self.p + q, column);
                with_scratch(k * columns.next_multiple_of(width), |out| {
                    // SAFETY: within b.
                    compute(unsafe { panels(self.kernels, self.compute, depth, columns, b, width, out) });
                });
            }
        }
    }

    /// Where the columns from j on of the piece of k from q on lie in the packed b.
    fn b_offset(&self, q: usize, depth: usize, j: usize) -> usize {
        self.place.columns.next_multiple_of(self.kernels.columns) * self.kernels.lanes(q)
            + j * self.kernels.lanes(depth)
    }

    fn a_offset(&self, q: usize, depth: usize, i: usize) -> usize {
        self.place.rows.next_multiple_of(self.kernels.rows) * self.kernels.lanes(q) + i * self.kernels.lanes(depth)
    }
}
