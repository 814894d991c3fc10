//! The vectors of AVX2 and AVX-512.

use super::vector::{Tile, Vector};
use super::{View, pairs};
use std::arch::asm;
use std::arch::x86_64::*;

// SAFETY: the functions name the instructions they need through their intrinsics.
unsafe impl Vector for __m256 {
    const LANES: usize = 8;
    #[inline(always)]
    unsafe fn zero() -> __m256 {
        unsafe { _mm256_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m256 {
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self) }
    }
    #[inline(always)]
    unsafe fn splat(from: *const f32) -> __m256 {
        unsafe { _mm256_broadcast_ss(&*from) }
    }
    #[inline(always)]
    unsafe fn add(self, other: __m256) -> __m256 {
        unsafe { _mm256_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn multiply_add(self, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmadd_ps(self, b, c) }
    }
    #[inline(always)]
    unsafe fn prefetch(line: *const f32) {
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) }
    }
    #[inline(always)]
    unsafe fn apart(pointer: *const f32) -> *const f32 {
        hidden(pointer)
    }
    #[inline(always)]
    unsafe fn transpose(rows: &mut [__m256]) {
        unsafe {
            let mut pairs = [_mm256_setzero_ps(); 8];
            for i in 0..4 {
                pairs[2 * i] = _mm256_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
                pairs[2 * i + 1] = _mm256_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
            }
            let mut fours = [_mm256_setzero_ps(); 8];
            for i in 0..2 {
                for j in 0..2 {
                    let (low, high) = (pairs[4 * i + j], pairs[4 * i + 2 + j]);
                    fours[4 * i + 2 * j] = _mm256_shuffle_ps::<0x44>(low, high);
                    fours[4 * i + 2 * j + 1] = _mm256_shuffle_ps::<0xee>(low, high);
                }
            }
            for i in 0..4 {
                rows[i] = _mm256_permute2f128_ps::<0x20>(fours[i], fours[i + 4]);
                rows[i + 4] = _mm256_permute2f128_ps::<0x31>(fours[i], fours[i + 4]);
            }
        }
    }
}

// SAFETY: as above.
unsafe impl Vector for __m512 {
    const LANES: usize = 16;
    #[inline(always)]
    unsafe fn zero() -> __m512 {
        unsafe { _mm512_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m512 {
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self) }
    }
    #[inline(always)]
    unsafe fn splat(from: *const f32) -> __m512 {
        unsafe { _mm512_set1_ps(*from) }
    }
    #[inline(always)]
    unsafe fn add(self, other: __m512) -> __m512 {
        unsafe { _mm512_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn multiply_add(self, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(self, b, c) }
    }
    #[inline(always)]
    unsafe fn prefetch(line: *const f32) {
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) }
    }
    #[inline(always)]
    unsafe fn apart(pointer: *const f32) -> *const f32 {
        hidden(pointer)
    }
    #[inline(always)]
    unsafe fn transpose(rows: &mut [__m512]) {
        unsafe {
            let mut pairs = [_mm512_setzero_ps(); 16];
            for i in 0..8 {
                pairs[2 * i] = _mm512_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
                pairs[2 * i + 1] = _mm512_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
            }
            // fours[4 i + j] holds column j, j + 4, j + 8, j + 12 of rows 4 i to 4 i + 3.
            let mut fours = [_mm512_setzero_ps(); 16];
            for i in 0..4 {
                for j in 0..2 {
                    let (low, high) = (pairs[4 * i + j], pairs[4 * i + 2 + j]);
                    fours[4 * i + 2 * j] = _mm512_shuffle_ps::<0x44>(low, high);
                    fours[4 * i + 2 * j + 1] = _mm512_shuffle_ps::<0xee>(low, high);
                }
            }
            for j in 0..4 {
                let (a, b, c, d) = (fours[j], fours[j + 4], fours[j + 8], fours[j + 12]);
                let (even_ab, even_cd) = (_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0x88>(c, d));
                let (odd_ab, odd_cd) = (_mm512_shuffle_f32x4::<0xdd>(a, b), _mm512_shuffle_f32x4::<0xdd>(c, d));
                rows[j] = _mm512_shuffle_f32x4::<0x88>(even_ab, even_cd);
                rows[j + 4] = _mm512_shuffle_f32x4::<0x88>(odd_ab, odd_cd);
                rows[j + 8] = _mm512_shuffle_f32x4::<0xdd>(even_ab, even_cd);
                rows[j + 12] = _mm512_shuffle_f32x4::<0xdd>(odd_ab, odd_cd);
            }
        }
    }
}

/// 12 sums, 2 vectors of b and one of a in 16 registers.
pub struct Avx2Tile;

// SAFETY: needs AVX2 and FMA.
unsafe impl Tile for Avx2Tile {
    type Vector = __m256;
    const ROWS: usize = 6;
    const COLUMNS: usize = 2;
    const ROW_COLUMNS: usize = 8;
    #[inline(always)]
    unsafe fn step(a: __m256, b: __m256, sum: __m256) -> __m256 {
        unsafe { a.multiply_add(b, sum) }
    }
}

/// 24 sums, 2 vectors of b and one of a in 32 registers.
pub struct Avx512Tile;

// SAFETY: needs AVX-512.
unsafe impl Tile for Avx512Tile {
    type Vector = __m512;
    const ROWS: usize = 12;
    const COLUMNS: usize = 2;
    const ROW_COLUMNS: usize = 4;
    #[inline(always)]
    unsafe fn step(a: __m512, b: __m512, sum: __m512) -> __m512 {
        unsafe { a.multiply_add(b, sum) }
    }
}

pub struct Avx512Bf16Tile;

// SAFETY: needs AVX-512 with BF16.
unsafe impl Tile for Avx512Bf16Tile {
    type Vector = __m512;
    const ROWS: usize = 12;
    const COLUMNS: usize = 2;
    const ROW_COLUMNS: usize = 4;
    const PAIRS: bool = true;
    #[inline(always)]
    unsafe fn step(a: __m512, b: __m512, sum: __m512) -> __m512 {
        // SAFETY: the lanes of a and b hold pairs of bfloat16.
        unsafe {
            _mm512_dpbf16_ps(
                sum,
                std::mem::transmute::<__m512, __m512bh>(a),
                std::mem::transmute::<__m512, __m512bh>(b),
            )
        }
    }
    #[inline(always)]
    unsafe fn pack<const WIDTH: usize>(k: usize, n: usize, x: View, out: *mut f32) {
        unsafe { pairs::pack::<WIDTH>(k, n, x, out) }
    }
    unsafe fn round_row(from: &[f32], to: &mut [f32]) {
        unsafe { pairs::pair_row(from, to) }
    }
}

/// The pointer, of which the compiler no longer knows where it came from.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block)]
fn hidden(mut pointer: *const f32) -> *const f32 {
    // SAFETY: no instruction at all.
    unsafe { asm!("/* {0} */", inout(reg) pointer, options(pure, nomem, nostack, preserves_flags)) };
    pointer
}
