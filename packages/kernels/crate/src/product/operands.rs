//! Operands packed for the kernels in use, rounded where the product is one of bfloat16.

use super::bfloat16::{pair_in_place, pair_to, round_in_place, round_to};
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
    let out = &mut out[..k * n.next_multiple_of(width)];
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
    convert(kernels, compute, k, width, out);
    Panels { data: out.as_ptr(), step: width, panel: k * width }
}

/// Packs a, [m, k].
///
/// # Safety
/// a must be readable.
pub unsafe fn strips(kernels: &Kernels, compute: Compute, k: usize, m: usize, a: View, out: &mut [f32]) -> Strips {
    if a.column == 1 {
        for i in 0..m {
            // SAFETY: within a.
            let row = unsafe { std::slice::from_raw_parts(a.from(i, 0).data, k) };
            let to = &mut out[i * k..][..k];
            if kernels.pairs { pair_to(row, to) } else { round_to(row, to) }
        }
        return Strips { data: out.as_ptr(), row: k, step: 1, strip: kernels.rows * k };
    }
    let rows = kernels.rows;
    let out = &mut out[..k * m.next_multiple_of(rows)];
    // SAFETY: `out` holds all strips.
    unsafe { (kernels.pack_strips)(k, m, a.transposed(), out.as_mut_ptr()) };
    convert(kernels, compute, k, rows, out);
    Strips { data: out.as_ptr(), row: 1, step: rows, strip: k * rows }
}

fn convert(kernels: &Kernels, compute: Compute, k: usize, width: usize, panels: &mut [f32]) {
    match compute {
        Compute::F32 => {}
        Compute::Bf16 if kernels.pairs => pair_in_place(panels, k, width),
        Compute::Bf16 => round_in_place(panels),
    }
}
