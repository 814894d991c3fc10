//! Operands packed for the kernels in use, rounded where the product is one of bfloat16.

use super::bfloat16::round_in_place;
use super::kernels::Kernels;
use super::tile::{Panels, Strips};
use super::{Compute, View};

/// Packs b, [k, n].
///
/// # Safety
/// b must be readable.
pub unsafe fn panels(
    kernels: &Kernels,
    compute: Compute,
    k: usize,
    n: usize,
    b: View,
    width: usize,
    out: &mut [f32],
) -> Panels {
    let lanes = kernels.lanes(k);
    let out = &mut out[..lanes * n.next_multiple_of(width)];
    // SAFETY: `out` holds all panels.
    unsafe {
        if width == kernels.columns {
            (kernels.pack_panels)(k, n, b, out.as_mut_ptr());
        } else {
            // The end of a row's panels: less than one.
            for p in 0..k {
                let row = std::slice::from_raw_parts(b.from(p, 0).data, n);
                out[p * width..][..n].copy_from_slice(row);
            }
        }
    }
    round(kernels, compute, out);
    Panels { data: out.as_ptr(), step: width, panel: lanes * width }
}

/// Packs a, [m, k].
///
/// # Safety
/// a must be readable.
pub unsafe fn strips(kernels: &Kernels, compute: Compute, k: usize, m: usize, a: View, out: &mut [f32]) -> Strips {
    let lanes = kernels.lanes(k);
    if a.column == 1 {
        for i in 0..m {
            // SAFETY: within a.
            unsafe {
                let row = std::slice::from_raw_parts(a.from(i, 0).data, k);
                (kernels.round_row)(row, &mut out[i * lanes..][..lanes]);
            }
        }
        return Strips { data: out.as_ptr(), row: lanes, step: 1, strip: kernels.rows * lanes };
    }
    let rows = kernels.rows;
    let out = &mut out[..lanes * m.next_multiple_of(rows)];
    // SAFETY: `out` holds all strips.
    unsafe { (kernels.pack_strips)(k, m, a.transposed(), out.as_mut_ptr()) };
    round(kernels, compute, out);
    Strips { data: out.as_ptr(), row: 1, step: rows, strip: lanes * rows }
}

/// Pairs were rounded when they were packed.
fn round(kernels: &Kernels, compute: Compute, packed: &mut [f32]) {
    if compute == Compute::Bf16 && !kernels.pairs {
        round_in_place(packed);
    }
}
