//! Operands laid out as tiles read them.

use super::View;
use super::vector::Vector;
use std::ops::Range;

/// Lays x, [k, n], out in panels of `WIDTH` columns, each row by row, [n / WIDTH, k, WIDTH], the last filled up with
/// zeros. Strips of a are panels of its transpose.
///
/// # Safety
/// The vector's instructions must be there, x readable and `out` writable at all their elements.
#[inline(always)]
pub unsafe fn pack<V: Vector, const WIDTH: usize>(k: usize, n: usize, x: View, out: *mut f32) {
    let whole = if x.column == 1 { n / WIDTH } else { 0 };
    // SAFETY (all blocks): within x and out.
    unsafe { copy_rows::<V, WIDTH>(k, n, whole, x, out) };
    for (panel, j) in (0..n).step_by(WIDTH).enumerate().skip(whole) {
        let columns = WIDTH.min(n - j);
        unsafe {
            let (x, out) = (x.from(0, j), out.add(panel * k * WIDTH));
            if x.row == 1 {
                transpose::<V, WIDTH>(k, columns, x, out);
            } else {
                pack_elements::<WIDTH>(0..k, 0..WIDTH, columns, x, out);
            }
        }
    }
}

/// Rows that are copied to all panels before the next ones: x is read along its rows, which memory brings fastest.
const ROWS: usize = 16;

/// Whole panels of columns that lie side by side in memory.
#[inline(always)]
unsafe fn copy_rows<V: Vector, const WIDTH: usize>(k: usize, n: usize, panels: usize, x: View, out: *mut f32) {
    for first in (0..k).step_by(ROWS) {
        for panel in 0..panels {
            // One vector instead of pieces: what it writes too much is written again by the row after it.
            let wide = WIDTH < V::LANES && panel * WIDTH + V::LANES <= n;
            let end = (first + ROWS).min(k);
            let end_wide = if wide { end.min(k - 1) } else { first };
            // SAFETY: as the caller promises.
            unsafe {
                let (from, to) = (x.data.add(panel * WIDTH), out.add(panel * k * WIDTH));
                for p in first..end_wide {
                    V::load(from.add(p * x.row)).store(to.add(p * WIDTH));
                }
                for p in end_wide..end {
                    let row = from.add(p * x.row).cast::<[f32; WIDTH]>().read_unaligned();
                    to.add(p * WIDTH).cast::<[f32; WIDTH]>().write_unaligned(row);
                }
            }
        }
    }
}

/// Columns that lie one after another in memory are transposed in registers, squares of LANES at a time.
#[inline(always)]
unsafe fn transpose<V: Vector, const WIDTH: usize>(k: usize, columns: usize, x: View, out: *mut f32) {
    let (whole_k, whole_columns) = (k / V::LANES * V::LANES, columns / V::LANES * V::LANES);
    // SAFETY: within x and out.
    unsafe {
        for p in (0..whole_k).step_by(V::LANES) {
            for j in (0..whole_columns).step_by(V::LANES) {
                let from = x.data.add(j * x.column + p);
                let mut rows = [V::zero(); 16];
                let rows = &mut rows[..V::LANES];
                for (i, row) in rows.iter_mut().enumerate() {
                    *row = V::load(from.add(i * x.column));
                }
                V::transpose(rows);
                for (i, row) in rows.iter().enumerate() {
                    row.store(out.add((p + i) * WIDTH + j));
                }
            }
        }
        pack_elements::<WIDTH>(whole_k..k, 0..whole_columns, columns, x, out);
        pack_elements::<WIDTH>(0..k, whole_columns..WIDTH, columns, x, out);
    }
}

/// Elements one by one; zeros from `columns` on.
#[inline(always)]
unsafe fn pack_elements<const WIDTH: usize>(
    rows: Range<usize>,
    part: Range<usize>,
    columns: usize,
    x: View,
    out: *mut f32,
) {
    for j in part {
        for p in rows.clone() {
            // SAFETY: within x and out.
            unsafe { *out.add(p * WIDTH + j) = if j < columns { *x.from(p, j).data } else { 0.0 } };
        }
    }
}
