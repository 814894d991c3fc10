//! Elementary functions of one float32 without branches, so that loops over them become vector instructions.

/// e^x to 2 units in the last place; 0 below -87.7, infinity above 88.3, NaN for NaN.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let y = exp_bounded(if x > LARGEST { LARGEST } else { x });
    if x > LARGEST { f32::INFINITY } else { y }
}

const LARGEST: f32 = 88.3;

/// Adding 1.5 * 2^23 rounds to an integer, whose bits are then the low bits of the sum.
const ROUND: f32 = 12_582_912.0;

/// As [`exp`], for x up to 88.3.
#[inline(always)]
pub fn exp_bounded(x: f32) -> f32 {
    // -127 logarithms of 2, where `scale` is 0.
    const SMALLEST: f32 = -88.029_69;
    let bounded = if x < SMALLEST { SMALLEST } else { x };
    let shifted = bounded * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = bounded - n * 0.693_359_4 - n * -2.121_944_4e-4;
    // (e^r - 1 - r) / r^2 to 3e-9 of e^r, for r up to half the logarithm of 2.
    let mut p = 1.381_461e-3;
    p = p * r + 8.368_711e-3;
    p = p * r + 4.166_839e-2;
    p = p * r + 1.666_652_1e-1;
    p = p * r + 4.999_999_4e-1;
    let mantissa = p * (r * r) + r + 1.0;
    let scale = f32::from_bits(shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23);
    mantissa * scale
}

/// 2^x to 4e-7 of it, for x from -126 to 126.
#[inline(always)]
pub fn exp2_bounded(x: f32) -> f32 {
    let shifted = x + ROUND;
    let r = x - (shifted - ROUND);
    // 2^r to 1e-7 of it, in pairs, which wait less for each other than one after another.
    let square = r * r;
    let high = 9.669_691e-3 + 1.330_060_5e-3 * r;
    let middle = 2.402_228_3e-1 + 5.550_558_5e-2 * r;
    let mantissa = (1.0 + std::f32::consts::LN_2 * r) + square * (middle + square * high);
    // Into the exponent; the bits of ROUND itself are shifted out.
    f32::from_bits(mantissa.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// 1 / (1 + e^-x); 0 below -87.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    const SMALLEST: f32 = -87.0;
    let y = 1.0 / (1.0 + exp2_bounded(-std::f32::consts::LOG2_E * clamp(x, -SMALLEST)));
    if x < SMALLEST { 0.0 } else { y }
}

/// x, from -most to most; NaN for NaN.
#[inline(always)]
pub fn clamp(x: f32, most: f32) -> f32 {
    let x = if x < -most { -most } else { x };
    if x > most { most } else { x }
}

/// The error function to 5e-7; a ratio of polynomials on [-4, 4] as in Eigen, 1 or -1 beyond.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let s = x * x;
    let mut p = -2.726_142_3e-10;
    p = p * s + 2.770_681_4e-8;
    p = p * s + -2.101_024e-6;
    p = p * s + -5.692_506_5e-5;
    p = p * s + -7.349_906e-4;
    p = p * s + -2.954_6e-3;
    p = p * s + -1.609_603_3e-2;
    let mut q = -1.456_607_2e-5;
    q = q * s + -2.133_740_6e-4;
    q = q * s + -1.682_827e-3;
    q = q * s + -7.373_329e-3;
    q = q * s + -1.426_473_9e-2;
    let y = p * x / q;
    let y = if x >= 4.0 { 1.0 } else { y };
    if x <= -4.0 { -1.0 } else { y }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_double_precision() {
        let mut x = -87.0f32;
        while x < 88.0 {
            let exact = f64::from(x).exp();
            assert!((f64::from(exp(x)) / exact - 1.0).abs() < 2.4e-7, "exp({x})");
            x += 0.000_37;
        }
    }

    #[test]
    fn exp2_agrees_with_double_precision() {
        let mut x = -126.0f32;
        while x <= 126.0 {
            assert!((f64::from(exp2_bounded(x)) / f64::from(x).exp2() - 1.0).abs() < 4e-7, "exp2_bounded({x})");
            x += 0.000_37;
        }
        assert_eq!((exp2_bounded(-126.0), exp2_bounded(0.0)), (2f32.powi(-126), 1.0));
    }

    #[test]
    fn exp_has_its_limits() {
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!((sigmoid(f32::NEG_INFINITY), sigmoid(f32::INFINITY)), (0.0, 1.0));
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NAN).is_nan());
        assert!(sigmoid(f32::NAN).is_nan());
        assert_eq!(sigmoid(f32::INFINITY), 1.0);
        assert!(sigmoid(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn erf_agrees_with_its_series() {
        let mut x = -5.0f32;
        while x < 5.0 {
            assert!((f64::from(erf(x)) - erf_series(f64::from(x))).abs() < 5e-7, "erf({x})");
            x += 0.001;
        }
        assert!(erf(f32::NAN).is_nan());
        assert_eq!((erf(f32::NEG_INFINITY), erf(1e30)), (-1.0, 1.0));
    }

    fn erf_series(x: f64) -> f64 {
        let mut term = x;
        let mut total = x;
        for n in 1..200 {
            term *= 2.0 * x * x / (2.0 * f64::from(n) + 1.0);
            total += term;
        }
        total * (-x * x).exp() * 2.0 / std::f64::consts::PI.sqrt()
    }
}
