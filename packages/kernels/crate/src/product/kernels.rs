//! The inner functions of a product, compiled for each instruction set.

use super::tile::{Block, block, one_row};
use super::vector::{PortableTile, Tile, Vector};
use super::{Compute, View};
use crate::instructions;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::instructions::InstructionSet;

pub struct Kernels {
    /// The size of a tile.
    pub rows: usize,
    pub columns: usize,
    /// Lanes along k are pairs of bfloat16.
    pub pairs: bool,
    pub block: unsafe fn(&Block),
    /// As `block` for one row, panels of `row_columns`.
    pub one_row: unsafe fn(&Block),
    pub row_columns: usize,
    /// Lays out b in panels of `columns`.
    pub pack_panels: unsafe fn(k: usize, n: usize, x: View, out: *mut f32),
    /// Lays out the transpose of a in panels of `rows`.
    pub pack_strips: unsafe fn(k: usize, n: usize, x: View, out: *mut f32),
    /// Rounds neighbours along k to bfloat16, into so many lanes.
    pub round_row: unsafe fn(&[f32], &mut [f32]),
}

impl Kernels {
    /// The lanes of so many steps along k.
    pub fn lanes(&self, k: usize) -> usize {
        if self.pairs { k.div_ceil(2) } else { k }
    }
}

/// The functions of the instruction set in use.
pub fn kernels(compute: Compute) -> &'static Kernels {
    match (instructions::in_use(), compute) {
        #[cfg(target_arch = "x86_64")]
        (InstructionSet::Avx512Bf16, Compute::Bf16) => &x86::AVX512_BF16,
        #[cfg(target_arch = "x86_64")]
        (InstructionSet::Avx512Bf16 | InstructionSet::Avx512 | InstructionSet::Amx, _) => &x86::AVX512,
        #[cfg(target_arch = "x86_64")]
        (InstructionSet::Avx2, _) => &x86::AVX2,
        #[cfg(target_arch = "aarch64")]
        (InstructionSet::Neon, _) => &neon::NEON,
        _ => &PORTABLE,
    }
}

macro_rules! kernels {
    ($name:ident, $tile:ty, $features:meta) => {
        pub static $name: Kernels = {
            const ROWS: usize = <$tile>::ROWS;
            const LANES: usize = <$tile as Tile>::Vector::LANES;
            const COLUMNS: usize = <$tile>::COLUMNS * LANES;
            #[$features]
            unsafe fn block_of(part: &Block) {
                // SAFETY: as the caller promises, here and below.
                unsafe { block::<$tile>(part) }
            }
            #[$features]
            unsafe fn one_row_of(part: &Block) {
                unsafe { one_row::<$tile>(part) }
            }
            #[$features]
            unsafe fn panels(k: usize, n: usize, x: View, out: *mut f32) {
                unsafe { <$tile>::pack::<COLUMNS>(k, n, x, out) }
            }
            #[$features]
            unsafe fn strips(k: usize, n: usize, x: View, out: *mut f32) {
                unsafe { <$tile>::pack::<ROWS>(k, n, x, out) }
            }
            Kernels {
                rows: ROWS,
                columns: COLUMNS,
                pairs: <$tile>::PAIRS,
                block: block_of,
                one_row: one_row_of,
                row_columns: <$tile>::ROW_COLUMNS * LANES,
                pack_panels: panels,
                pack_strips: strips,
                round_row: <$tile>::round_row,
            }
        };
    };
}

kernels!(PORTABLE, PortableTile, inline);

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::super::x86::{Avx2Tile, Avx512Bf16Tile, Avx512Tile};
    use super::*;

    kernels!(AVX2, Avx2Tile, target_feature(enable = "avx2,fma"));
    kernels!(AVX512, Avx512Tile, target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"));
    kernels!(
        AVX512_BF16,
        Avx512Bf16Tile,
        target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
    );
}

#[cfg(target_arch = "aarch64")]
mod neon {
    use super::super::neon::NeonTile;
    use super::*;

    kernels!(NEON, NeonTile, target_feature(enable = "neon"));
}
