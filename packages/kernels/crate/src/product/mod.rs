//! Matrix products.

mod all_threads;
#[cfg(target_arch = "x86_64")]
mod amx;
mod batch;
mod bfloat16;
mod kernels;
#[cfg(target_arch = "aarch64")]
mod neon;
mod operands;
mod pack;
#[cfg(target_arch = "x86_64")]
mod pairs;
mod part;
#[cfg(test)]
mod tests;
mod tile;
mod vector;
mod view;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use batch::{Activation, Compute, Operand, Product, Sizes};
pub use kernels::{Kernels, kernels};
pub use tile::{Block, Panels, Start, Strips};
pub use view::View;
