//! Whether this process may use AMX with bfloat16.

use std::sync::OnceLock;

/// Asks the system for AMX when called first, where the processor has it.
pub fn is_allowed() -> bool {
    static ALLOWED: OnceLock<bool> = OnceLock::new();
    *ALLOWED.get_or_init(|| processor_has_it() && system_allows_it())
}

/// The processor has tiles and multiplies bfloat16 in them, and the system keeps tiles when it changes threads.
fn processor_has_it() -> bool {
    use std::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

    const BF16: u32 = 1 << 22;
    const TILE: u32 = 1 << 24;
    const TILE_STATE: u64 = 1 << 17 | 1 << 18;

    #[target_feature(enable = "xsave")]
    fn kept_state() -> u64 {
        // SAFETY: register 0 is there where the instruction is.
        unsafe { _xgetbv(0) }
    }

    if !is_x86_feature_detected!("xsave") {
        return false;
    }
    // SAFETY: every x86-64 has `cpuid`; `kept_state` has its instruction.
    #[allow(unused_unsafe, reason = "newer compilers have it safe")]
    unsafe {
        let features = if __cpuid(0).eax >= 7 { __cpuid_count(7, 0).edx } else { 0 };
        features & BF16 != 0 && features & TILE != 0 && kept_state() & TILE_STATE == TILE_STATE
    }
}

/// Linux gives a process the memory for tiles when it asks for it, from 5.16 on. It refuses where a thread's stack for
/// signals is too small to keep tiles on; then there is no AMX.
#[cfg(target_os = "linux")]
fn system_allows_it() -> bool {
    use std::ffi::c_long;
    const ARCH_PRCTL: c_long = 158;
    const REQUEST_PERMISSION: c_long = 0x1023;
    const TILE_DATA: c_long = 18;
    unsafe extern "C" {
        fn syscall(number: c_long, ...) -> c_long;
    }
    // SAFETY: the call takes two numbers and no memory.
    unsafe { syscall(ARCH_PRCTL, REQUEST_PERMISSION, TILE_DATA) == 0 }
}

/// Windows has its own way to ask, which nobody has tried with these kernels; no Mac has AMX with bfloat16 tiles of Intel's
/// kind.
#[cfg(not(target_os = "linux"))]
fn system_allows_it() -> bool {
    false
}
