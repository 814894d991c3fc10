//! The functions of the Node addon. Tensors come as typed arrays, row by row; outputs are given by the caller.

mod activations;
mod check;
mod elements;
mod embedding;
mod layers;
mod losses;
mod norms;
mod products;
mod updates;

use crate::pool;
use napi::Result;
use napi_derive::napi;

/// Rises whenever a function below changes, so that a stale build is found out.
const INTERFACE: u32 = 2;

#[napi]
pub fn interface_version() -> u32 {
    INTERFACE
}

/// The widest vector instructions in use.
#[napi]
pub fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return "avx512";
        }
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            return "avx2";
        }
    }
    if cfg!(target_arch = "aarch64") { "neon" } else { "portable" }
}

#[napi]
pub fn threads() -> u32 {
    pool::threads() as u32
}

/// Sets the number of threads; 0 takes as many as the process may use.
#[napi]
pub fn set_threads(threads: f64) -> Result<()> {
    const MOST: usize = 1024;
    let threads = check::size("setThreads", "threads", threads)?;
    if threads > MOST {
        return Err(check::error("setThreads", format!("expected at most {MOST} threads, got {threads}")));
    }
    pool::set_threads(if threads == 0 { pool::default_threads() } else { threads });
    Ok(())
}
