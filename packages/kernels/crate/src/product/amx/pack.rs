//! Operands rounded to bfloat16 and laid out as tiles of AMX, in one pass.

use super::super::View;
use super::super::pairs::{self, across, down};
use super::tiles::{LINES, STEPS};
use std::arch::x86_64::*;

/// Lines in a tile.
const TILE: usize = pairs::LINES;
/// float32 in which a tile of bfloat16 has room.
const SIZE: usize = TILE * STEPS / 2;

/// Lays out `lines` x `k` of x, whose element (i, p) is that of line i at step p, in panels of `LINES`, filled up with
/// zeros: for every `STEPS` two tiles. A row of a tile is a line, or where `by_pairs` is set a pair of steps, of all lines.
///
/// # Safety
/// x must be readable, its lines or its steps side by side, and `out` writable at all panels.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn pack(lines: usize, k: usize, x: View, by_pairs: bool, out: *mut f32, panel: usize) {
    let padded = lines.next_multiple_of(LINES);
    let tile_at = |i: usize, p: usize| {
        let (lines, steps, x) = (lines.saturating_sub(i).min(TILE), k - p, x.from(i, p));
        let out = out.wrapping_add(i / LINES * panel + i / TILE % 2 * SIZE + p / STEPS * 2 * SIZE);
        // SAFETY (all): as the caller promises.
        let tile = unsafe { if by_pairs { down(lines, steps, x) } else { across(lines, steps, x) } };
        for (i, row) in tile.iter().enumerate() {
            unsafe { _mm512_store_ps(out.add(TILE * i), *row) };
        }
    };
    // Memory is read as it lies.
    if x.column == 1 {
        for i in (0..padded).step_by(TILE) {
            (0..k).step_by(STEPS).for_each(|p| tile_at(i, p));
        }
    } else {
        for p in (0..k).step_by(STEPS) {
            (0..padded).step_by(TILE).for_each(|i| tile_at(i, p));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::bfloat16::round_to;
    use super::*;
    use crate::instructions::{InstructionSet, available};
    use crate::memory::with_scratch;
    use crate::testing::{halves, numbers};

    // Tiles are laid out without AMX.
    #[test]
    fn tiles_hold_the_rounded_pairs_however_x_lies() {
        if !available().contains(&InstructionSet::Avx512Bf16) {
            return;
        }
        for (lines, k) in [(1, 1), (16, 32), (33, 31), (70, 97)] {
            let mut rounded = vec![0.0; lines * k];
            let data = numbers(lines * k, 1);
            round_to(&data, &mut rounded);
            let panel = LINES * k.next_multiple_of(STEPS) / 2;
            for (row, column) in [(k, 1), (1, lines)] {
                for by_pairs in [false, true] {
                    let x = View { data: data.as_ptr(), row, column };
                    with_scratch(lines.div_ceil(LINES) * panel, |out| {
                        out.fill(f32::NAN);
                        // SAFETY: the instructions are there, x is `lines` by k, and `out` holds all panels.
                        unsafe { pack(lines, k, x, by_pairs, out.as_mut_ptr(), panel) };
                        for (at, pair) in out.iter().enumerate() {
                            let (tile, r, lane) = (at % panel / SIZE, at / TILE % TILE, at % TILE);
                            let (line, steps) = if by_pairs { (lane, r) } else { (r, lane) };
                            let i = at / panel * LINES + tile % 2 * TILE + line;
                            for (half, found) in halves(*pair).into_iter().enumerate() {
                                let p = tile / 2 * STEPS + 2 * steps + half;
                                let expected = if i < lines && p < k { rounded[i * row + p * column] } else { 0.0 };
                                assert_eq!(found, expected, "{lines} x {k}: {i}, {p}");
                            }
                        }
                    });
                }
            }
        }
    }
}
