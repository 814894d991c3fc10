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
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
