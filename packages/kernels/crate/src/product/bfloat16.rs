//! Rounding to bfloat16: the upper half of a float32, to nearest, ties to even. A NaN stays one.

use crate::simd::multiversion;

/// The bits of the nearest bfloat16 in the upper half.
#[inline(always)]
fn round(x: f32) -> u32 {
    let bits = x.to_bits();
    let rounded = bits.wrapping_add(0x7fff + ((bits >> 16) & 1));
    let quiet = bits | 0x0040_0000;
    (if bits & 0x7fff_ffff > 0x7f80_0000 { quiet } else { rounded }) & 0xffff_0000
}

multiversion! {
    /// `to` becomes `from`, rounded.
    pub fn round_to(from: &[f32], to: &mut [f32]) {
        for (to, &from) in to.iter_mut().zip(from) {
            *to = f32::from_bits(round(from));
        }
    }

    pub fn round_in_place(x: &mut [f32]) {
        for x in x.iter_mut() {
            *x = f32::from_bits(round(*x));
        }
    }

    /// `to` gets pairs of neighbours of `from`, the first in the lower half; an odd last one is paired with zero.
    pub fn pair_to(from: &[f32], to: &mut [f32]) {
        let (pairs, rest) = from.as_chunks::<2>();
        for (to, &[low, high]) in to.iter_mut().zip(pairs) {
            *to = f32::from_bits(round(low) >> 16 | round(high));
        }
        if let [last] = rest {
            to[pairs.len()] = f32::from_bits(round(*last) >> 16);
        }
    }

    /// `to` gets the elements of two rows paired.
    pub fn pair_rows(low: &[f32], high: &[f32], to: &mut [f32]) {
        for ((to, &low), &high) in to.iter_mut().zip(low).zip(high) {
            *to = f32::from_bits(round(low) >> 16 | round(high));
        }
    }
}

/// The rows of panels [k, width] become rows of pairs at the panel's start, [k / 2, width].
pub fn pair_in_place(panels: &mut [f32], k: usize, width: usize) {
    for panel in panels.chunks_exact_mut((k * width).max(1)) {
        for p in 0..k.div_ceil(2) {
            // Row p is written where row 2p or an earlier one was read.
            let (from, to) = (2 * p * width, p * width);
            let mut pairs = [0.0; 64];
            let (low, rest) = panel[from..].split_at(width);
            let zeros = [0.0; 64];
            let high = rest.get(..width).unwrap_or(&zeros[..width]);
            pair_rows(low, high, &mut pairs[..width]);
            panel[to..to + width].copy_from_slice(&pairs[..width]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::numbers;

    #[test]
    fn the_nearest_is_chosen_and_the_even_one_in_the_middle() {
        let cases = [
            (1.0, 1.0),
            (1.0 + 2f32.powi(-8), 1.0),
            (1.0 + 3.0 * 2f32.powi(-8), 1.0 + 2f32.powi(-6)),
            (1.0 + 2f32.powi(-8) + 2f32.powi(-20), 1.0 + 2f32.powi(-7)),
            (-0.0, -0.0),
            (f32::MAX, f32::INFINITY),
            (f32::NEG_INFINITY, f32::NEG_INFINITY),
            (1e-45, 0.0),
        ];
        for (x, expected) in cases {
            let mut y = [x];
            round_in_place(&mut y);
            assert_eq!(y[0].to_bits(), f32::to_bits(expected), "{x}");
        }
        let mut nan = [f32::from_bits(0x7f80_0001)];
        round_in_place(&mut nan);
        assert!(nan[0].is_nan());
    }

    #[test]
    fn pairs_hold_the_rounded_neighbours() {
        let x: Vec<f32> = (0..7).map(|i| i as f32).collect();
        let mut pairs = [f32::NAN; 4];
        pair_to(&x, &mut pairs);
        let halves = |pair: f32| [pair.to_bits() << 16, pair.to_bits() & 0xffff_0000].map(f32::from_bits);
        assert_eq!(pairs.map(halves), [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 0.0]]);
        let mut panel: Vec<f32> = (0..6).map(|i| i as f32).collect();
        pair_in_place(&mut panel, 3, 2);
        assert_eq!(
            [panel[0], panel[1], panel[2], panel[3]].map(halves),
            [[0.0, 2.0], [1.0, 3.0], [4.0, 0.0], [5.0, 0.0]]
        );
    }

    #[test]
    fn panels_of_any_size_hold_the_rounded_pairs() {
        for (k, width) in [(1, 1), (7, 12), (8, 6), (33, 32), (64, 64)] {
            let rows = numbers(3 * k * width, 1);
            let mut panels = rows.clone();
            pair_in_place(&mut panels, k, width);
            for (at, &pair) in panels.iter().enumerate() {
                let (panel, p, j) = (at / (k * width), at / width % k, at % width);
                if p >= k.div_ceil(2) {
                    continue;
                }
                let row = |p: usize| if p < k { rows[(panel * k + p) * width + j] } else { 0.0 };
                assert_eq!(pair.to_bits(), round(row(2 * p)) >> 16 | round(row(2 * p + 1)));
            }
            let mut pairs = vec![f32::NAN; rows.len().div_ceil(2)];
            pair_to(&rows, &mut pairs);
            for (at, &pair) in pairs.iter().enumerate() {
                let high = rows.get(2 * at + 1).copied().unwrap_or(0.0);
                assert_eq!(pair.to_bits(), round(rows[2 * at]) >> 16 | round(high));
            }
        }
    }
}
