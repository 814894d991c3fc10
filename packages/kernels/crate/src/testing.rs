//! What the unit tests share.

use crate::instructions::{self, InstructionSet};
use std::sync::Mutex;

/// `n` numbers in [-1, 1), the same for the same seed.
pub fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(n).collect()
}

/// Panics unless the value lies within `tolerance` of the expected one, relative to it where it is above 1.
#[track_caller]
pub fn close(value: f32, expected: f64, tolerance: f64) {
    let error = (f64::from(value) - expected).abs();
    assert!(error <= tolerance * expected.abs().max(1.0), "expected {expected}, got {value}");
}

/// The two numbers of a pair of bfloat16.
#[cfg(target_arch = "x86_64")]
pub fn halves(pair: f32) -> [f32; 2] {
    [pair.to_bits() << 16, pair.to_bits() & 0xffff_0000].map(f32::from_bits)
}

/// Runs a test with every instruction set of this machine, one after another; tests that call it wait for each other.
pub fn with_every_instruction_set(test: impl Fn(InstructionSet)) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = instructions::in_use();
    for set in instructions::available() {
        instructions::set(set.name()).unwrap();
        test(set);
    }
    instructions::set(before.name()).unwrap();
}
