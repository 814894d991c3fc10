//! Memory in whole cache lines.

use crate::memory;

/// The numbers of a cache line.
pub const LINE: usize = 16;

/// Memory of one task, handed out piece by piece.
pub struct Scratch<'a>(&'a mut [f32]);

impl<'a> Scratch<'a> {
    /// At least `n` numbers of any content, on whole lines.
    pub fn floats(&mut self, n: usize) -> &'a mut [f32] {
        let (taken, rest) = std::mem::take(&mut self.0).split_at_mut(n.next_multiple_of(LINE));
        self.0 = rest;
        taken
    }
}

/// Calls f with memory of this thread for pieces of `lengths`.
pub fn with_scratch<R>(lengths: &[usize], f: impl FnOnce(Scratch) -> R) -> R {
    let length = lengths.iter().map(|n| n.next_multiple_of(LINE)).sum();
    memory::with_scratch(length, |scratch| f(Scratch(scratch)))
}
