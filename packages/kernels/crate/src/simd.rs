//! Loops that the compiler turns into vector instructions.
//!
//! No fused multiply-add and a fixed number of partial sums: every instruction set gives the same bits.

/// Partial sums of a reduction.
pub const LANES: usize = 32;

/// Defines functions that run compiled for the instruction set in use; NEON is the baseline of its targets.
macro_rules! multiversion {
    ($($(#[$meta:meta])* pub fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)*) => {$(
        $(#[$meta])*
        pub fn $name($($arg: $type),*) $(-> $result)? {
            #[inline(always)]
            fn body($($arg: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                use $crate::instructions::{InstructionSet, in_use};
                #[target_feature(enable = "avx2")]
                fn avx2($($arg: $type),*) $(-> $result)? {
                    body($($arg),*)
                }
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($arg: $type),*) $(-> $result)? {
                    body($($arg),*)
                }
                match in_use() {
                    InstructionSet::Portable | InstructionSet::Neon => {}
                    // SAFETY: a set in use is one the machine has.
                    InstructionSet::Avx2 => return unsafe { avx2($($arg),*) },
                    InstructionSet::Avx512 | InstructionSet::Avx512Bf16 => return unsafe { avx512($($arg),*) },
                }
            }
            body($($arg),*)
        }
    )*};
}
pub(crate) use multiversion;

/// The sum over `f(i)` for i in 0..n, in `LANES` partial sums.
#[inline(always)]
pub fn sum(n: usize, f: impl Fn(usize) -> f32) -> f32 {
    let mut partial = [0.0f32; LANES];
    let whole = n / LANES * LANES;
    let mut i = 0;
    while i < whole {
        for lane in 0..LANES {
            below(i + lane, n);
            partial[lane] += f(i + lane);
        }
        i += LANES;
    }
    let rest = rest(whole, n, 0.0, f);
    for lane in 0..LANES {
        partial[lane] += rest[lane];
    }
    fold(partial, |a, b| a + b)
}

/// The sums over the two numbers of `f(i)`, as [`sum`].
#[inline(always)]
pub fn sum2(n: usize, f: impl Fn(usize) -> (f32, f32)) -> (f32, f32) {
    let (mut first, mut second) = ([0.0f32; LANES], [0.0f32; LANES]);
    let whole = n / LANES * LANES;
    let mut i = 0;
    while i < whole {
        for lane in 0..LANES {
            below(i + lane, n);
            let (a, b) = f(i + lane);
            first[lane] += a;
            second[lane] += b;
        }
        i += LANES;
    }
    let rest = rest(whole, n, (0.0, 0.0), f);
    for lane in 0..LANES {
        first[lane] += rest[lane].0;
        second[lane] += rest[lane].1;
    }
    (fold(first, |a, b| a + b), fold(second, |a, b| a + b))
}

/// The largest `f(i)`; minus infinity when n is 0. A NaN is passed over.
#[inline(always)]
pub fn max(n: usize, f: impl Fn(usize) -> f32) -> f32 {
    let mut partial = [f32::NEG_INFINITY; LANES];
    let whole = n / LANES * LANES;
    let mut i = 0;
    while i < whole {
        for lane in 0..LANES {
            below(i + lane, n);
            let value = f(i + lane);
            partial[lane] = if value > partial[lane] { value } else { partial[lane] };
        }
        i += LANES;
    }
    let rest = rest(whole, n, f32::NEG_INFINITY, f);
    for lane in 0..LANES {
        partial[lane] = if rest[lane] > partial[lane] { rest[lane] } else { partial[lane] };
    }
    fold(partial, |a, b| if b > a { b } else { a })
}

/// `f(i)` for the last i, from a multiple of `LANES` on. An array of its own: partial sums that are addressed by a
/// variable would stay in memory.
#[inline(always)]
fn rest<T: Copy>(whole: usize, n: usize, neutral: T, f: impl Fn(usize) -> T) -> [T; LANES] {
    let mut rest = [neutral; LANES];
    for i in whole..n {
        rest[i - whole] = f(i);
    }
    rest
}

/// Tells the compiler that i < n, so that f's own checks of slices of length n fall away: it cannot see it through the
/// steps of `LANES`.
#[inline(always)]
fn below(i: usize, n: usize) {
    debug_assert!(i < n);
    // SAFETY: the callers' i + lane is less than n rounded down to a multiple of LANES.
    unsafe { std::hint::assert_unchecked(i < n) };
}

#[inline(always)]
fn fold(mut partial: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            partial[lane] = f(partial[lane], partial[lane + width]);
        }
        width /= 2;
    }
    partial[0]
}
