//! The vectors of NEON.

use super::vector::{Tile, Vector};
use std::arch::aarch64::*;

// SAFETY: every aarch64 has NEON.
unsafe impl Vector for float32x4_t {
    const LANES: usize = 4;
    #[inline(always)]
    unsafe fn zero() -> float32x4_t {
        unsafe { vdupq_n_f32(0.0) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> float32x4_t {
        unsafe { vld1q_f32(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { vst1q_f32(to, self) }
    }
    #[inline(always)]
    unsafe fn splat(from: *const f32) -> float32x4_t {
        unsafe { vld1q_dup_f32(from) }
    }
    #[inline(always)]
    unsafe fn add(self, other: float32x4_t) -> float32x4_t {
        unsafe { vaddq_f32(self, other) }
    }
    #[inline(always)]
    unsafe fn multiply_add(self, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        unsafe { vfmaq_f32(c, self, b) }
    }
    #[inline(always)]
    unsafe fn transpose(rows: &mut [float32x4_t]) {
        unsafe {
            let (a, b) = (vtrn1q_f32(rows[0], rows[1]), vtrn2q_f32(rows[0], rows[1]));
            let (c, d) = (vtrn1q_f32(rows[2], rows[3]), vtrn2q_f32(rows[2], rows[3]));
            rows[0] = vcombine_f32(vget_low_f32(a), vget_low_f32(c));
            rows[1] = vcombine_f32(vget_low_f32(b), vget_low_f32(d));
            rows[2] = vcombine_f32(vget_high_f32(a), vget_high_f32(c));
            rows[3] = vcombine_f32(vget_high_f32(b), vget_high_f32(d));
        }
    }
}

/// 24 sums, 4 vectors of b and one of a in 32 registers.
pub struct NeonTile;

// SAFETY: as above.
unsafe impl Tile for NeonTile {
    type Vector = float32x4_t;
    const ROWS: usize = 6;
    const COLUMNS: usize = 4;
    const ROW_COLUMNS: usize = 8;
    #[inline(always)]
    unsafe fn step(a: float32x4_t, b: float32x4_t, sum: float32x4_t) -> float32x4_t {
        unsafe { a.multiply_add(b, sum) }
    }
}
