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
                    InstructionSet::Avx512 | InstructionSet::Avx512Bf16 | InstructionSet::Amx => {
                        return unsafe { avx512($($arg),*) };
                    }
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
    let add = |a: f32, b: f32| a + b;
    fold(reduce(n, 0.0, f, add), add)
}

/// The largest `f(i)`; minus infinity when n is 0. A NaN is passed over.
#[inline(always)]
pub fn max(n: usize, f: impl Fn(usize) -> f32) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    fold(reduce(n, f32::NEG_INFINITY, f, larger), larger)
}

/// Combines `f(i)` for i in 0..n into `LANES` results, number i into result i mod `LANES`.
#[inline(always)]
fn reduce(n: usize, neutral: f32, f: impl Fn(usize) -> f32, combine: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    let mut results = [neutral; LANES];
    // Hidden from the compiler, which would otherwise split the array into single numbers and gather them again in
    // every round.
    let kept = std::hint::black_box(&mut results);
    let whole = n / LANES * LANES;
    let mut i = 0;
    while i < whole {
        let mut values = [0.0; LANES];
        for lane in 0..LANES {
            // f's own checks of slices of length n fall away by this. SAFETY: i + lane < whole <= n.
            unsafe { std::hint::assert_unchecked(i + lane < n) };
            values[lane] = f(i + lane);
        }
        for lane in 0..LANES {
            kept[lane] = combine(kept[lane], values[lane]);
        }
        i += LANES;
    }
    for i in whole..n {
        kept[i - whole] = combine(kept[i - whole], f(i));
    }
    *kept
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

#[cfg(test)]
mod tests {
    use crate::testing::{numbers, with_every_instruction_set};
    use crate::{gelu, reduce};
    use std::cell::RefCell;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let x: Vec<f32> = numbers(10_007, 1).iter().map(|x| 8.0 * x).collect();
        let first = RefCell::new(None);
        with_every_instruction_set(|set| {
            let mut y = vec![0.0; x.len()];
            let mut results = Vec::new();
            for tanh in [false, true] {
                gelu::forward(&x, tanh, &mut y);
                results.extend(y.iter().map(|y| u64::from(y.to_bits())));
            }
            results.push(reduce::sum_all(&x).to_bits());
            let mut first = first.borrow_mut();
            let first = first.get_or_insert_with(|| results.clone());
            assert!(*first == results, "{}", set.name());
        });
    }
}
