//! Which vector instructions the kernels use: the fastest this machine has, unless another set is asked for.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum InstructionSet {
    /// What every processor of the target has.
    Portable,
    Neon,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, BW, DQ and VL, with AVX2 and FMA.
    Avx512,
    /// AVX-512 with products of bfloat16 pairs.
    Avx512Bf16,
    /// The same with products of bfloat16 in the tiles of AMX.
    Amx,
}

use InstructionSet::{Amx, Avx2, Avx512, Avx512Bf16, Neon, Portable};

const ALL: [InstructionSet; 6] = [Portable, Neon, Avx2, Avx512, Avx512Bf16, Amx];

/// The environment variable that names the set to start with.
const VARIABLE: &str = "LLM_KERNELS_INSTRUCTIONS";

/// What was set last, or NOTHING.
static CHOSEN: AtomicU8 = AtomicU8::new(NOTHING);
const NOTHING: u8 = u8::MAX;

/// The set in use.
#[inline]
pub fn in_use() -> InstructionSet {
    let chosen = CHOSEN.load(Ordering::Relaxed);
    if chosen != NOTHING { ALL[usize::from(chosen)] } else { start().unwrap_or_else(|_| fastest()) }
}

/// As [`in_use`], or why the environment variable's set cannot be.
pub fn checked() -> Result<InstructionSet, String> {
    if CHOSEN.load(Ordering::Relaxed) != NOTHING { Ok(in_use()) } else { start() }
}

/// Makes the kernels use a set from now on.
pub fn set(name: &str) -> Result<(), String> {
    CHOSEN.store(named(name)? as u8, Ordering::Relaxed);
    Ok(())
}

/// The sets this machine has, the widest last.
pub fn available() -> Vec<InstructionSet> {
    ALL.into_iter().filter(|set| set.is_available()).collect()
}

impl InstructionSet {
    pub fn name(self) -> &'static str {
        match self {
            Portable => "portable",
            Neon => "neon",
            Avx2 => "avx2",
            Avx512 => "avx512",
            Avx512Bf16 => "avx512bf16",
            Amx => "amx",
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn is_available(self) -> bool {
        let avx2 = || is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = || {
            let (f, bw) = (is_x86_feature_detected!("avx512f"), is_x86_feature_detected!("avx512bw"));
            f && bw && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl") && avx2()
        };
        let bf16 = || avx512() && is_x86_feature_detected!("avx512bf16");
        match self {
            Portable => true,
            Neon => false,
            Avx2 => avx2(),
            Avx512 => avx512(),
            Avx512Bf16 => bf16(),
            Amx => bf16() && crate::amx::is_allowed(),
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn is_available(self) -> bool {
        self == Portable || (self == Neon && cfg!(target_arch = "aarch64"))
    }
}

fn start() -> Result<InstructionSet, String> {
    static START: OnceLock<Result<InstructionSet, String>> = OnceLock::new();
    let read = || match std::env::var(VARIABLE) {
        Ok(name) if !name.is_empty() => named(&name).map_err(|message| format!("{VARIABLE}: {message}")),
        _ => Ok(fastest()),
    };
    START.get_or_init(read).clone()
}

fn fastest() -> InstructionSet {
    fastest_of(&available(), is_intel())
}

/// The last, but Intel multiplies pairs of bfloat16 at half the speed of float32; AMD at twice that.
fn fastest_of(available: &[InstructionSet], intel: bool) -> InstructionSet {
    available.iter().copied().rfind(|&set| !(intel && set == Avx512Bf16)).unwrap_or(Portable)
}

#[cfg(target_arch = "x86_64")]
fn is_intel() -> bool {
    // SAFETY: every x86-64 has `cpuid`.
    #[allow(unused_unsafe, reason = "newer compilers have it safe")]
    let answer = unsafe { std::arch::x86_64::__cpuid(0) };
    [answer.ebx, answer.edx, answer.ecx].map(u32::to_le_bytes).as_flattened() == b"GenuineIntel"
}

#[cfg(not(target_arch = "x86_64"))]
fn is_intel() -> bool {
    false
}

fn named(name: &str) -> Result<InstructionSet, String> {
    let available = available();
    available.iter().copied().find(|set| set.name() == name).ok_or_else(|| {
        let names: Vec<_> = available.iter().map(|set| set.name()).collect();
        format!("expected an instruction set this machine has ({}), got '{name}'", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_machine_has_can_be_named() {
        assert!(available().contains(&Portable));
        for set in ALL {
            assert_eq!(named(set.name()).is_ok(), set.is_available());
        }
        assert!(available().contains(&fastest()));
        let message = named("mmx").unwrap_err();
        assert!(message.contains("portable") && message.contains("'mmx'"), "{message}");
    }

    #[test]
    fn pairs_of_bfloat16_are_chosen_where_they_are_faster() {
        assert_eq!(fastest_of(&[Portable, Avx2, Avx512, Avx512Bf16], true), Avx512);
        assert_eq!(fastest_of(&[Portable, Avx2, Avx512, Avx512Bf16], false), Avx512Bf16);
        assert_eq!(fastest_of(&[Portable, Avx2, Avx512, Avx512Bf16, Amx], true), Amx);
        assert_eq!(fastest_of(&[], true), Portable);
    }
}
