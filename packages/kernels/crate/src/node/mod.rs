//! The functions of the Node addon. Tensors come as typed arrays, row by row; outputs are given by the caller.

mod activations;
mod attention;
mod check;
mod elements;
mod embedding;
mod linear;
mod losses;
mod norms;
mod products;
mod rotary;
mod updates;

use crate::{instructions, pool};
use napi::Result;
use napi_derive::napi;

/// Rises whenever a function below changes, so that a stale build is found out.
const INTERFACE: u32 = 3;

#[napi]
pub fn interface_version() -> u32 {
    INTERFACE
}

/// The vector instructions in use; an error where the environment variable names some that are not there.
#[napi]
pub fn instruction_set() -> Result<&'static str> {
    let set = instructions::checked().map_err(|message| check::error("instructionSet", message))?;
    Ok(set.name())
}

/// The instruction sets of this machine, the widest last.
#[napi]
pub fn instruction_sets() -> Vec<&'static str> {
    instructions::available().into_iter().map(|set| set.name()).collect()
}

/// Sets the vector instructions for all kernels from now on.
#[napi]
pub fn set_instruction_set(name: String) -> Result<()> {
    instructions::set(&name).map_err(|message| check::error("setInstructionSet", message))
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

/// Bytes from the start of the array to the next cache line: 0 where it starts on one.
#[napi]
pub fn to_line(x: &[f32]) -> u32 {
    const LINE: usize = 64;
    (x.as_ptr().addr().wrapping_neg() % LINE) as u32
}
