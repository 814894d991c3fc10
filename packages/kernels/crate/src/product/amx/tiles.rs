//! The tile registers of AMX. The compiler has no stable functions for them, so they are named in assembly here, and
//! nowhere else.

use super::super::tile::Start;
use std::arch::asm;
use std::arch::x86_64::*;

/// Lines of an operand that are multiplied at one time, in two tiles, and steps along k in a tile.
pub const LINES: usize = 32;
pub const STEPS: usize = 32;

/// A part of a product whose operands lie in panels of two tiles for every `STEPS`.
pub struct Block {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: *const f32,
    pub b: *const f32,
    /// From a panel to the next.
    pub panel: usize,
    pub c: *mut f32,
    pub c_row: usize,
    pub start: Start,
    pub factor: f32,
}

/// Runs `f` with all tiles set to 16 rows of 64 bytes, and gives them back: otherwise the system keeps them with the
/// thread.
pub fn with_tiles(f: impl FnOnce()) {
    #[repr(align(64))]
    struct Configuration([u8; 64]);
    let mut configuration = Configuration([0; 64]);
    configuration.0[0] = 1;
    for tile in 0..8 {
        configuration.0[16 + 2 * tile] = 64;
        configuration.0[48 + tile] = 16;
    }
    // SAFETY: AMX is the set in use; nothing else uses tiles.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &configuration, options(nostack, readonly, preserves_flags)) };
    f();
    unsafe { asm!("tilerelease", options(nostack, nomem, preserves_flags)) };
}

/// `c = start + factor * a b`. A panel of the operand whose lines are few, a task's own, is multiplied with all panels of
/// the other while it lies in the first cache.
///
/// # Safety
/// The tiles must be set, everything must lie in memory, and c may overlap only `start.matrix`, which may be c itself.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn block(block: &Block, own_rows: bool) {
    let (rows, columns) = (block.m.div_ceil(LINES), block.n.div_ceil(LINES));
    for at in 0..rows * columns {
        let (row, column) = if own_rows { (at / columns, at % columns) } else { (at % rows, at / rows) };
        // SAFETY: as the caller promises.
        unsafe { square(block, row, column) };
    }
}

/// A square of sums while it is made.
#[repr(align(64))]
struct Square([f32; LINES * LINES]);

/// The sums of a panel of a and one of b, 32 x 32 or less at the edges.
///
/// Sums begin with the start where the factor is 1, wherever they are made, so that an element has the same bits in
/// every square.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn square(block: &Block, panel_a: usize, panel_b: usize) {
    let Block { m, n, k, panel, c_row, factor, .. } = *block;
    let (i, j) = (panel_a * LINES, panel_b * LINES);
    let (rows, columns) = (LINES.min(m - i), LINES.min(n - j));
    let tiles = k.div_ceil(STEPS);
    // SAFETY (all blocks): within the operands and c, whose edges masks keep to.
    let (a, b, c) = unsafe { (block.a.add(panel_a * panel), block.b.add(panel_b * panel), block.c.add(i * c_row + j)) };
    let Start { row, matrix, matrix_row } = block.start.from(i, j);
    let whole = rows == LINES && columns == LINES;
    if factor == 1.0 && whole && (row.is_null() || matrix.is_null()) {
        let (from, from_row) = if matrix.is_null() { (row, 0) } else { (matrix, matrix_row) };
        return unsafe { multiply(tiles, a, b, from, from_row, c, c_row) };
    }
    let mut sums = Square([0.0; LINES * LINES]);
    let data = sums.0.as_mut_ptr();
    let first = _cvtu32_mask16(low_bits(columns.min(16)));
    let second = _cvtu32_mask16(low_bits(columns.saturating_sub(16)));
    let halves = [(first, 0), (second, 16)];
    let start = |r: usize, mask: __mmask16, at: usize| unsafe {
        let load = |from: *const f32, offset: usize| {
            if from.is_null() { _mm512_setzero_ps() } else { _mm512_maskz_loadu_ps(mask, from.wrapping_add(offset)) }
        };
        _mm512_add_ps(load(row, at), load(matrix, r * matrix_row + at))
    };
    unsafe {
        if factor == 1.0 {
            for r in 0..rows {
                for (mask, at) in halves {
                    _mm512_store_ps(data.add(r * LINES + at), start(r, mask, at));
                }
            }
            multiply(tiles, a, b, data, LINES, data, LINES);
        } else {
            multiply(tiles, a, b, std::ptr::null(), 0, data, LINES);
        }
        for r in 0..rows {
            for (mask, at) in halves {
                let sum = _mm512_load_ps(data.add(r * LINES + at));
                let sum =
                    if factor == 1.0 { sum } else { _mm512_fmadd_ps(sum, _mm512_set1_ps(factor), start(r, mask, at)) };
                _mm512_mask_storeu_ps(c.wrapping_add(r * c_row + at), mask, sum);
            }
        }
    }
}

fn low_bits(count: usize) -> u32 {
    (1 << count) - 1
}

/// Tiles 0 to 3 become `from`, or zero where it is null, plus the product of `steps` tiles of a and b, and are written to
/// `to`.
#[inline(always)]
unsafe fn multiply(
    steps: usize,
    a: *const f32,
    b: *const f32,
    from: *const f32,
    from_row: usize,
    to: *mut f32,
    to_row: usize,
) {
    // SAFETY: the tiles read and write what the caller promises.
    unsafe {
        asm!(
            "test {from}, {from}",
            "jz 2f",
            "tileloadd tmm0, [{from} + {from_row}]",
            "tileloadd tmm1, [{from} + {from_row} + 64]",
            "tileloadd tmm2, [{from_below} + {from_row}]",
            "tileloadd tmm3, [{from_below} + {from_row} + 64]",
            "jmp 3f",
            "2:",
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "3:",
            "tileloadd tmm4, [{a} + {line}]",
            "tileloadd tmm6, [{b} + {line}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line} + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{a} + {line} + 1024]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {a}, 2048",
            "add {b}, 2048",
            "dec {steps}",
            "jnz 3b",
            "tilestored [{to} + {to_row}], tmm0",
            "tilestored [{to} + {to_row} + 64], tmm1",
            "tilestored [{to_below} + {to_row}], tmm2",
            "tilestored [{to_below} + {to_row} + 64], tmm3",
            a = inout(reg) a => _,
            b = inout(reg) b => _,
            steps = inout(reg) steps => _,
            line = in(reg) 64usize,
            from = in(reg) from,
            from_below = in(reg) from.wrapping_add(16 * from_row),
            from_row = in(reg) 4 * from_row,
            to = in(reg) to,
            to_below = in(reg) to.wrapping_add(16 * to_row),
            to_row = in(reg) 4 * to_row,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        )
    }
}
