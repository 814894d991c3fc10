//! Matrix products.

mod all_threads;
mod batch;
mod bfloat16;
mod kernels;
mod multiply;
#[cfg(target_arch = "aarch64")]
mod neon;
mod operands;
mod pack;
#[cfg(test)]
mod tests;
mod tile;
mod vector;
mod view;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use batch::{Activation, Compute, Operand, Product, Sizes};
pub use kernels::pack_lines;
pub use multiply::multiply;
pub use view::View;
