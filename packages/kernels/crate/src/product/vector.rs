//! Vectors of float32 as the tiles of a product need them.

use super::View;
use super::bfloat16::round_to;
use super::pack;

/// A register of float32 lanes.
///
/// # Safety
/// The functions may only run where the instructions are there, and pointers must be good for `LANES` elements.
pub unsafe trait Vector: Copy {
    const LANES: usize;
    unsafe fn zero() -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    /// One element in all lanes.
    unsafe fn splat(from: *const f32) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    /// `self * b + c`.
    unsafe fn multiply_add(self, b: Self, c: Self) -> Self;
    /// Asks for a cache line that will be needed; nothing where there is no such instruction.
    #[inline(always)]
    unsafe fn prefetch(_line: *const f32) {}
    /// The same pointer, whose distance from others the compiler does not know: then it keeps one register for each, and
    /// does not walk from one to the next in a chain of additions. By itself this gained nothing that could be measured; with
    /// sums stored as they are and the prefetch of c it is part of 1.3 % of B's products.
    #[inline(always)]
    unsafe fn apart(pointer: *const f32) -> *const f32 {
        pointer
    }
    /// Rows become columns: `rows` has LANES of them.
    unsafe fn transpose(rows: &mut [Self]);
}

/// How a tile is computed: ROWS x COLUMNS vectors, and what a step along k does.
///
/// # Safety
/// As for [`Vector`].
pub unsafe trait Tile {
    type Vector: Vector;
    const ROWS: usize;
    const COLUMNS: usize;
    /// Vectors of a tile of one row, 64 columns at most.
    const ROW_COLUMNS: usize;
    /// Lanes hold two elements along k, rounded to bfloat16.
    const PAIRS: bool = false;
    /// `sum + a b`
    unsafe fn step(a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector;
    /// Lays x, [k, n], out in panels of `WIDTH` columns.
    #[inline(always)]
    unsafe fn pack<const WIDTH: usize>(k: usize, n: usize, x: View, out: *mut f32) {
        unsafe { pack::pack::<Self::Vector, WIDTH>(k, n, x, out) }
    }
    /// Rounds neighbours along k to bfloat16.
    unsafe fn round_row(from: &[f32], to: &mut [f32]) {
        round_to(from, to);
    }
}

/// Four lanes that the compiler maps to what the target has; no fused multiply-add, which would be a function call.
#[derive(Clone, Copy)]
pub struct Four([f32; 4]);

// SAFETY: plain loops.
unsafe impl Vector for Four {
    const LANES: usize = 4;
    #[inline(always)]
    unsafe fn zero() -> Four {
        Four([0.0; 4])
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Four {
        Four(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn splat(from: *const f32) -> Four {
        Four([unsafe { *from }; 4])
    }
    #[inline(always)]
    unsafe fn add(self, other: Four) -> Four {
        let (a, b) = (self.0, other.0);
        Four([a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]])
    }
    #[inline(always)]
    unsafe fn multiply_add(self, b: Four, c: Four) -> Four {
        let (a, b, c) = (self.0, b.0, c.0);
        Four([a[0] * b[0] + c[0], a[1] * b[1] + c[1], a[2] * b[2] + c[2], a[3] * b[3] + c[3]])
    }
    #[inline(always)]
    unsafe fn transpose(rows: &mut [Four]) {
        let [a, b, c, d] = [rows[0].0, rows[1].0, rows[2].0, rows[3].0];
        for i in 0..4 {
            rows[i] = Four([a[i], b[i], c[i], d[i]]);
        }
    }
}

pub struct PortableTile;

// SAFETY: plain loops.
unsafe impl Tile for PortableTile {
    type Vector = Four;
    const ROWS: usize = 4;
    const COLUMNS: usize = 2;
    const ROW_COLUMNS: usize = 8;
    #[inline(always)]
    unsafe fn step(a: Four, b: Four, sum: Four) -> Four {
        unsafe { a.multiply_add(b, sum) }
    }
}
