//! Operands rounded to bfloat16 and laid out in pairs of steps along k, in one pass: the first of a pair in the lower
//! half of a lane. Denormal numbers become zero, as they are to the products of pairs.

use super::View;
use super::vector::Vector;
use std::arch::x86_64::*;

/// Lines in a tile: rows of a, or columns of b.
pub const LINES: usize = 16;
/// Steps along k in a tile.
pub const STEPS: usize = 32;

/// Lays x, [k, n], out in panels of `WIDTH` columns, each pair by pair of rows, [n / WIDTH, k / 2, WIDTH], the last filled
/// up with zeros, as is an odd last row. Strips of a are panels of its transpose.
///
/// # Safety
/// x must be readable, its rows or its columns side by side, and `out` writable at all panels.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn pack<const WIDTH: usize>(k: usize, n: usize, x: View, out: *mut f32) {
    let (x, pairs) = (x.transposed(), k.div_ceil(2));
    for p in (0..k).step_by(STEPS) {
        for (panel, j) in (0..n).step_by(WIDTH).enumerate() {
            for line in (0..WIDTH).step_by(LINES) {
                let lines = n.saturating_sub(j + line).min(LINES).min(WIDTH - line);
                // SAFETY (all blocks): as the caller promises.
                let tile = unsafe { down(lines, k - p, x.from(j + line, p)) };
                let to = out.wrapping_add((panel * pairs + p / 2) * WIDTH + line);
                for (r, row) in tile.iter().enumerate().take(pairs - p / 2) {
                    let to = to.wrapping_add(r * WIDTH);
                    if WIDTH - line >= LINES {
                        unsafe { _mm512_storeu_ps(to, *row) };
                    } else {
                        unsafe { _mm512_mask_storeu_ps(to, mask(WIDTH - line), *row) };
                    }
                }
            }
        }
    }
}

/// `to` gets pairs of neighbours; an odd last one is paired with zero.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
pub fn pair_row(from: &[f32], to: &mut [f32]) {
    let to = &mut to[..from.len().div_ceil(2)];
    for (to, from) in to.chunks_mut(LINES).zip(from.chunks(STEPS)) {
        // SAFETY: the masks keep to the slices.
        unsafe { _mm512_mask_storeu_ps(to.as_mut_ptr(), mask(to.len()), neighbours(from.as_ptr(), from.len())) };
    }
}

/// A vector for each pair of steps: that of 16 lines. x is a line by a step.
///
/// # Safety
/// x must be readable in these lines and steps; lines or steps lie side by side.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn down(lines: usize, steps: usize, x: View) -> [__m512; LINES] {
    // SAFETY: as the caller promises.
    unsafe { if x.column == 1 { transposed(along_steps(lines, steps, x)) } else { along_lines(lines, steps, x) } }
}

/// A vector for each line: that of 32 steps.
///
/// # Safety
/// As for [`down`].
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn across(lines: usize, steps: usize, x: View) -> [__m512; LINES] {
    // SAFETY: as the caller promises.
    unsafe { if x.column == 1 { along_steps(lines, steps, x) } else { transposed(along_lines(lines, steps, x)) } }
}

#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn along_steps(lines: usize, steps: usize, x: View) -> [__m512; LINES] {
    let mut tile = [_mm512_setzero_ps(); LINES];
    for (i, line) in tile.iter_mut().enumerate().take(lines) {
        // SAFETY: as the caller promises.
        *line = unsafe { neighbours(x.from(i, 0).data, steps) };
    }
    tile
}

#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn along_lines(lines: usize, steps: usize, x: View) -> [__m512; LINES] {
    assert_eq!(x.row, 1);
    let mask = mask(lines);
    let mut tile = [_mm512_setzero_ps(); LINES];
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

/// Up to 32 elements that lie side by side.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn neighbours(from: *const f32, count: usize) -> __m512 {
    let (low, high) = (mask(count), mask(count.saturating_sub(16)));
    // SAFETY: the masks keep to them.
    unsafe { pair(_mm512_maskz_loadu_ps(low, from), _mm512_maskz_loadu_ps(high, from.wrapping_add(16))) }
}

#[target_feature(enable = "avx512bf16,avx512f")]
fn pair(low: __m512, high: __m512) -> __m512 {
    // SAFETY: the same bits.
    unsafe { std::mem::transmute::<__m512bh, __m512>(_mm512_cvtne2ps_pbh(high, low)) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn transposed(mut tile: [__m512; LINES]) -> [__m512; LINES] {
    // SAFETY: the instructions are there.
    unsafe { Vector::transpose(&mut tile) };
    tile
}

fn mask(count: usize) -> __mmask16 {
    if count < 16 { (1 << count) - 1 } else { !0 }
}

#[cfg(test)]
mod tests {
    use super::super::bfloat16::round_to;
    use super::*;
    use crate::instructions::{InstructionSet, available};
    use crate::testing::{halves, numbers};

    #[test]
    fn panels_and_rows_of_any_size_hold_the_rounded_pairs() {
        if !available().contains(&InstructionSet::Avx512Bf16) {
            return;
        }
        for (k, n) in [(1, 1), (7, 12), (8, 33), (33, 32), (64, 64), (67, 95), (2, 130)] {
            let data = numbers(k * n, 1);
            let mut rounded = vec![0.0; k * n];
            round_to(&data, &mut rounded);
            let rows = View { data: data.as_ptr(), row: n, column: 1 };
            let columns = View { data: data.as_ptr(), row: 1, column: k };
            for (x, at) in [(rows, (n, 1)), (columns, (1, k))] {
                let round = |p: usize, j: usize| if p < k && j < n { rounded[p * at.0 + j * at.1] } else { 0.0 };
                // SAFETY (all): the instructions are there, and the panels within `out`.
                holds_pairs::<32>(k, n, &round, |out| unsafe { pack::<32>(k, n, x, out) });
                holds_pairs::<12>(k, n, &round, |out| unsafe { pack::<12>(k, n, x, out) });
            }
            let mut row = vec![f32::NAN; (k * n).div_ceil(2)];
            unsafe { pair_row(&data, &mut row) };
            for (at, pair) in row.iter().enumerate() {
                assert_eq!(halves(*pair), [rounded[2 * at], *rounded.get(2 * at + 1).unwrap_or(&0.0)]);
            }
        }
    }

    fn holds_pairs<const WIDTH: usize>(
        k: usize,
        n: usize,
        round: &dyn Fn(usize, usize) -> f32,
        pack: impl FnOnce(*mut f32),
    ) {
        let (pairs, panels) = (k.div_ceil(2), n.div_ceil(WIDTH));
        let mut out = vec![f32::NAN; panels * pairs * WIDTH + 1];
        pack(out.as_mut_ptr());
        assert!(out.pop().unwrap().is_nan());
        for (at, pair) in out.iter().enumerate() {
            let (panel, p, j) = (at / WIDTH / pairs, at / WIDTH % pairs, at % WIDTH);
            let j = panel * WIDTH + j;
            assert_eq!(halves(*pair), [round(2 * p, j), round(2 * p + 1, j)], "{k} x {n}: {p}, {j}");
        }
    }
}
