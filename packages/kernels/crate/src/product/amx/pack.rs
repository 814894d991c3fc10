//! Operands rounded to bfloat16 and laid out as tiles of AMX, in one pass.

use super::super::View;
use super::super::vector::Vector;
use super::tiles::{LINES, STEPS};
use std::arch::x86_64::*;

/// Lines in a tile.
const TILE: usize = 16;
/// float32 in which a tile of bfloat16 has room.
const SIZE: usize = TILE * STEPS / 2;

/// Lays out `lines` x `k` of x, whose element (i, p) is that of line i at step p, in panels of `LINES`, filled up with
/// zeros: for every `STEPS` two tiles. A row of a tile is a line, or where `down` is set a pair of steps, of all lines.
///
/// # Safety
/// x must be readable, its lines or its steps side by side, and `out` writable at all panels.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn pack(lines: usize, k: usize, x: View, down: bool, out: *mut f32, panel: usize) {
    let place = |i: usize, p: usize| out.wrapping_add(i / LINES * panel + i / TILE % 2 * SIZE + p / STEPS * 2 * SIZE);
    let padded = lines.next_multiple_of(LINES);
    // SAFETY (both): as the caller promises.
    if x.column == 1 {
        for i in (0..padded).step_by(TILE) {
            for p in (0..k).step_by(STEPS) {
                let tile = unsafe { along_steps(lines.saturating_sub(i).min(TILE), k - p, x.from(i, p)) };
                unsafe { store(tile, down, place(i, p)) };
            }
        }
    } else {
        assert_eq!(x.row, 1);
        for p in (0..k).step_by(STEPS) {
            for i in (0..padded).step_by(TILE) {
                let tile = unsafe { along_lines(lines.saturating_sub(i).min(TILE), k - p, x.from(i, p)) };
                unsafe { store(tile, !down, place(i, p)) };
            }
        }
    }
}

/// A vector for each line: 32 steps.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn along_steps(lines: usize, steps: usize, x: View) -> [__m512; TILE] {
    let (low, high) = (mask(steps), mask(steps.saturating_sub(16)));
    let mut tile = [_mm512_setzero_ps(); TILE];
    for (i, line) in tile.iter_mut().enumerate().take(lines) {
        let from = x.from(i, 0).data;
        // SAFETY: the masks keep to x.
        *line = unsafe { pair(_mm512_maskz_loadu_ps(low, from), _mm512_maskz_loadu_ps(high, from.wrapping_add(16))) };
    }
    tile
}

/// A vector for each pair of steps: that of 16 lines, side by side.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn along_lines(lines: usize, steps: usize, x: View) -> [__m512; TILE] {
    let mask = mask(lines);
    let mut tile = [_mm512_setzero_ps(); TILE];
    let load = |p: usize| {
        // SAFETY: the mask keeps to x.
        if p < steps { unsafe { _mm512_maskz_loadu_ps(mask, x.from(0, p).data) } } else { _mm512_setzero_ps() }
    };
    let order: [u16; 32] = std::array::from_fn(|at| at as u16 / 2 + at as u16 % 2 * 16);
    // SAFETY: as large as a vector.
    let order = unsafe { _mm512_loadu_si512(order.as_ptr().cast()) };
    for (p, pairs) in tile.iter_mut().enumerate() {
        let halves = pair(load(2 * p), load(2 * p + 1));
        *pairs = _mm512_castsi512_ps(_mm512_permutexvar_epi16(order, _mm512_castps_si512(halves)));
    }
    tile
}

#[target_feature(enable = "avx512bf16,avx512f")]
fn pair(low: __m512, high: __m512) -> __m512 {
    // SAFETY: the same bits.
    unsafe { std::mem::transmute::<__m512bh, __m512>(_mm512_cvtne2ps_pbh(high, low)) }
}

fn mask(count: usize) -> __mmask16 {
    if count < 16 { (1 << count) - 1 } else { !0 }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn store(mut tile: [__m512; TILE], transposed: bool, out: *mut f32) {
    // SAFETY: as the caller promises.
    unsafe {
        if transposed {
            Vector::transpose(&mut tile);
        }
        for (i, row) in tile.iter().enumerate() {
            _mm512_store_ps(out.add(16 * i), *row);
        }
    }
}
