//! Memory for packed operands, kept by each thread.

use std::cell::Cell;

/// A cache line, for its alignment.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line {
    _elements: [f32; 16],
}

/// Gives `f` memory for `length` elements of any content.
pub fn with_scratch<R>(length: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    thread_local! {
        static SCRATCH: Cell<Vec<Line>> = const { Cell::new(Vec::new()) };
    }
    // Taken out, so that a product within f has its own.
    let mut lines = SCRATCH.take();
    let needed = length.div_ceil(16);
    if lines.len() < needed {
        // What it held need not be moved.
        lines.clear();
        lines.resize(needed, Line { _elements: [0.0; 16] });
    }
    // SAFETY: a line is 16 elements, and there are enough lines.
    let result = f(unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast::<f32>(), length) });
    SCRATCH.set(lines);
    result
}
