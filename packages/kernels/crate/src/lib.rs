//! Kernels for training language models on the CPU, and the Node addon around them.

// Index loops and long argument lists are the plain form of these kernels.
#![allow(clippy::needless_range_loop, clippy::too_many_arguments)]

pub mod adafactor;
#[cfg(target_arch = "x86_64")]
mod amx;
pub mod attention;
pub mod cross_entropy;
pub mod dropout;
pub mod elementwise;
pub mod embedding;
pub mod gelu;
pub mod instructions;
pub mod layer_norm;
pub mod linear;
pub mod linear_cross_entropy;
pub mod math;
pub mod memory;
#[cfg(all(feature = "node", not(test)))]
mod node;
pub mod pool;
pub mod product;
pub mod reduce;
mod resident;
pub mod rms_norm;
pub mod rotary;
pub mod simd;
pub mod swiglu;
#[cfg(test)]
mod testing;
pub mod updates;
