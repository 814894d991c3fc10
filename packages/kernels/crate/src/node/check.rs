//! The checks at the boundary: whatever JavaScript sends, the kernels see sizes that fit, or an error is thrown.

use napi::{Error, Result, Status};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An error that names the kernel.
pub fn error(kernel: &str, message: String) -> Error {
    Error::new(Status::InvalidArg, format!("{kernel}: {message}"))
}

/// A size that came as a JavaScript number.
pub fn size(kernel: &str, name: &str, value: f64) -> Result<usize> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    if value.fract() != 0.0 || !(0.0..=LARGEST).contains(&value) {
        return Err(error(kernel, format!("expected {name} to be an integer >= 0, got {value}")));
    }
    Ok(value as usize)
}

/// The number of elements of a shape.
pub fn count(kernel: &str, sizes: &[usize]) -> Result<usize> {
    let product = sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    product.ok_or_else(|| error(kernel, format!("expected a shape that fits in memory, got {sizes:?}")))
}

/// A length that must be as expected.
pub fn length(kernel: &str, name: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(error(kernel, format!("expected {name} of {expected} elements, got {found}")))
}

/// Checks that the outputs of a call share no memory with each other and the inputs, and makes slices of them.
macro_rules! outputs {
    ($kernel:expr, [$($output:ident),*], [$($input:ident),*]) => {
        let outputs = [$($crate::node::check::Range::from(&*$output)),*];
        $crate::node::check::apart($kernel, &outputs, &[$($input.into()),*])?;
        $(
            let mut $output = $output;
            // SAFETY: no other slice of this call covers this memory, and JavaScript waits for the call.
            let $output = unsafe { $output.as_mut() };
        )*
    };
}
pub(crate) use outputs;

/// Where an array lies in memory.
pub struct Range {
    start: usize,
    end: usize,
}

impl<T> From<&[T]> for Range {
    fn from(slice: &[T]) -> Range {
        let range = slice.as_ptr_range();
        Range { start: range.start as usize, end: range.end as usize }
    }
}

/// The outputs may share memory with nothing: the kernels write them while they read the inputs.
pub fn apart(kernel: &str, outputs: &[Range], inputs: &[Range]) -> Result<()> {
    for (i, output) in outputs.iter().enumerate() {
        let others = outputs[i + 1..].iter().chain(inputs);
        if others.into_iter().any(|other| output.start < other.end && other.start < output.end) {
            return Err(error(kernel, "expected outputs that share no memory with other arrays".into()));
        }
    }
    Ok(())
}

/// As [`apart`], for long lists: one sweep over all arrays in the order of memory.
pub fn all_apart(kernel: &str, outputs: Vec<Range>, inputs: Vec<Range>) -> Result<()> {
    let marked = outputs.into_iter().map(|range| (range, true)).chain(inputs.into_iter().map(|range| (range, false)));
    let mut ranges: Vec<_> = marked.filter(|(range, _)| range.start < range.end).collect();
    ranges.sort_unstable_by_key(|(range, _)| range.start);
    // How far the arrays so far reach, and how far the outputs among them.
    let (mut end, mut written) = (0, 0);
    for (range, output) in ranges {
        if range.start < if output { end } else { written } {
            return Err(error(kernel, "expected outputs that share no memory with other arrays".into()));
        }
        end = end.max(range.end);
        written = if output { written.max(range.end) } else { written };
    }
    Ok(())
}

/// Ids that must all lie below a bound, but for `except`.
pub fn ids_below(kernel: &str, name: &str, ids: &[i32], bound: usize, except: Option<i32>) -> Result<()> {
    let bad = ids.iter().position(|&id| Some(id) != except && !usize::try_from(id).is_ok_and(|id| id < bound));
    let Some(position) = bad else { return Ok(()) };
    Err(error(kernel, format!("expected {name} from 0 to below {bound}, got {} at {position}", ids[position])))
}

/// Runs a kernel; a panic in it becomes an error instead of the end of the process.
pub fn guard<R>(kernel: &str, run: impl FnOnce() -> R) -> Result<R> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Error::new(Status::GenericFailure, format!("{kernel}: internal error: {text}"))
    })
}
