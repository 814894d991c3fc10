//! Products of bfloat16 in the tile registers of AMX.
//!
//! Multiplying costs so little there that bringing operands costs as much. Each is read once, and laid out as tiles: one
//! for all threads, the other by the tasks, which each own some of its lines and multiply them while they lie in the
//! core's cache. A line is a row of a or a column of b.

mod pack;
mod tiles;

use super::batch::Tile;
use super::part::Part;
use super::tile::Start;
use super::{Compute, View};
use crate::instructions::{InstructionSet, in_use};
use crate::memory::{Parts, with_scratch};
use crate::pool;
use std::ptr::null;
use tiles::{Block, LINES, STEPS};

/// Whether a product is one for AMX.
pub fn suits(part: &Part, compute: Compute) -> bool {
    compute == Compute::Bf16 && in_use() == InstructionSet::Amx && part.m * part.n * part.k > TINY
}

/// Multiplications that are done before two operands are laid out.
const TINY: usize = 1 << 12;

/// `c = start + factor * a b` with operands rounded to bfloat16, and `finish` on every part of c when its sums are
/// complete.
///
/// # Safety
/// As for [`Part::run`], and the product must be one that [`suits`].
pub unsafe fn all_threads(part: Part, finish: &(dyn Fn(Tile) + Sync)) {
    // SAFETY: as the caller promises.
    unsafe { product(part, &|tasks, task| pool::run(tasks, task), finish) };
}

/// The same on this thread alone.
///
/// # Safety
/// As for [`all_threads`].
pub unsafe fn this_thread(part: Part) {
    // SAFETY: as the caller promises.
    unsafe { product(part, &|tasks, task| (0..tasks).for_each(task), &|_| {}) };
}

/// Calls a task by every number below one.
type Run<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) + Sync));

unsafe fn product(part: Part, run: Run, finish: &(dyn Fn(Tile) + Sync)) {
    let Part { m, n, k, .. } = part;
    // Parts of c that are whole rows lie in fewer pages of memory.
    let own_rows = 2 * m >= n;
    let lines = if own_rows { n } else { m };
    let most = (MOST_PACKED / lines.next_multiple_of(LINES)).clamp(LEAST_DEPTH, MOST_DEPTH);
    let length = k.div_ceil(k.div_ceil(most)).next_multiple_of(STEPS);
    let lines_of_round = lines.min((MOST_PACKED / length).next_multiple_of(LINES));
    with_scratch(elements(lines_of_round, length), |scratch| {
        let packed = Parts::of(scratch);
        for p in (0..k).step_by(length) {
            for line in (0..lines).step_by(lines_of_round) {
                let lines = lines_of_round.min(lines - line);
                let round = Round { part, own_rows, line, lines, p, depth: length.min(k - p), packed };
                // SAFETY: as the caller promises.
                unsafe {
                    round.pack(run);
                    round.compute(run, finish);
                }
            }
        }
    });
}

/// Elements of the shared operand packed at one time: most of a core's second cache.
const MOST_PACKED: usize = 5 << 17;
/// Steps along k of a round. The lines of the other operand are packed again where those of the shared one need several.
const LEAST_DEPTH: usize = 512;
const MOST_DEPTH: usize = 3072;
/// Lines a task owns, and lines and steps of them that it packs for all.
const OWN: usize = 64;
const PACK: usize = 512;

/// The room that packed lines need, in float32.
fn elements(lines: usize, depth: usize) -> usize {
    lines.next_multiple_of(LINES) * depth.next_multiple_of(STEPS) / 2
}

/// A part of k and of the lines of the shared operand for which there is room.
struct Round<'a> {
    part: Part,
    /// Tasks own rows of a and share b, or own columns of b and share a.
    own_rows: bool,
    line: usize,
    lines: usize,
    p: usize,
    depth: usize,
    packed: Parts<'a>,
}

// SAFETY: operands are only read, and tasks write parts of the outputs that are apart.
unsafe impl Sync for Round<'_> {}

impl Round<'_> {
    /// Packs the shared operand.
    ///
    /// # Safety
    /// As for [`all_threads`].
    unsafe fn pack(&self, run: Run) {
        let pieces = self.depth.div_ceil(PACK);
        run(pieces * self.lines.div_ceil(OWN), &|task| {
            let (q, line) = (task % pieces * PACK, task / pieces * OWN);
            let (depth, lines) = (PACK.min(self.depth - q), OWN.min(self.lines - line));
            let out = self.packed.pointer(elements(line, self.depth) + elements(LINES, q));
            // SAFETY: every task writes its own part, which `packed` has room for.
            unsafe { self.lay_out(!self.own_rows, self.line + line, lines, q, depth, out) };
        });
    }

    /// # Safety
    /// As for [`all_threads`].
    unsafe fn compute(&self, run: Run, finish: &(dyn Fn(Tile) + Sync)) {
        let all = if self.own_rows { self.part.m } else { self.part.n };
        let last = self.p + self.depth == self.part.k;
        run(all.div_ceil(OWN), &|task| {
            let first = task * OWN;
            let lines = OWN.min(all - first);
            with_scratch(elements(lines, self.depth), |own| {
                // SAFETY: `own` has room for the lines, and every task has its own part of c.
                unsafe {
                    self.lay_out(self.own_rows, first, lines, 0, self.depth, own.as_mut_ptr());
                    self.multiply(first, lines, own.as_ptr());
                }
            });
            if last {
                finish(self.tile(first, lines));
            }
        });
    }

    /// The part of c of a task's lines.
    fn tile(&self, first: usize, lines: usize) -> Tile {
        if self.own_rows {
            Tile { i: first, j: self.line, rows: lines, columns: self.lines }
        } else {
            Tile { i: self.line, j: first, rows: self.lines, columns: lines }
        }
    }

    /// Lays lines of a, or of b, out as tiles, from step q of this round on.
    unsafe fn lay_out(&self, of_a: bool, first: usize, lines: usize, q: usize, depth: usize, out: *mut f32) {
        let Part { a, b, .. } = self.part;
        let x: View = if of_a { a.from(first, self.p + q) } else { b.from(self.p + q, first).transposed() };
        // SAFETY: as the caller promises.
        unsafe { pack::pack(lines, depth, x, !of_a, out, elements(LINES, self.depth)) };
    }

    /// Multiplies the lines of a task with all that are shared.
    unsafe fn multiply(&self, first: usize, lines: usize, own: *const f32) {
        let Part { c, c_row, factor, start, .. } = self.part;
        let Tile { i, j, rows, columns } = self.tile(first, lines);
        let shared = self.packed.pointer(0).cast_const();
        let (a, b) = if self.own_rows { (own, shared) } else { (shared, own) };
        let c = c.wrapping_add(i * c_row + j);
        let start = if self.p == 0 { start.from(i, j) } else { Start { row: null(), matrix: c, matrix_row: c_row } };
        let panel = elements(LINES, self.depth);
        let block = Block { m: rows, n: columns, k: self.depth, a, b, panel, c, c_row, start, factor };
        // SAFETY: the operands are packed, and c is as the caller promises.
        tiles::with_tiles(|| unsafe { tiles::block(&block, self.own_rows) });
    }
}
