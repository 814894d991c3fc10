//! Matrix products.

mod batch;
mod multiply;
mod view;

pub use batch::{Activation, Compute, Operand, Product, Sizes};
pub use multiply::multiply;
pub use view::View;
