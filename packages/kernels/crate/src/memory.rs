//! Memory that several threads write at once, each its own part.

use std::cell::RefCell;
use std::marker::PhantomData;

/// A slice whose parts may be taken by several threads.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    data: *mut f32,
    length: usize,
    slice: PhantomData<&'a mut [f32]>,
}

// SAFETY: whoever takes a part promises that no other thread touches it.
unsafe impl Send for Parts<'_> {}
unsafe impl Sync for Parts<'_> {}

impl<'a> Parts<'a> {
    pub fn of(slice: &'a mut [f32]) -> Parts<'a> {
        Parts { data: slice.as_mut_ptr(), length: slice.len(), slice: PhantomData }
    }

    /// # Safety
    /// No two parts in use at one time may overlap.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn part(&self, start: usize, length: usize) -> &'a mut [f32] {
        assert!(start <= self.length && length <= self.length - start);
        // SAFETY: within the slice; the caller keeps parts apart.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(start), length) }
    }

    /// Sets one element.
    ///
    /// # Safety
    /// No other thread may use the element at this time.
    pub unsafe fn set(&self, index: usize, value: f32) {
        // SAFETY: as the caller promises.
        unsafe { self.part(index, 1)[0] = value };
    }

    /// A pointer to an element, for a part that is not contiguous.
    pub fn pointer(&self, start: usize) -> *mut f32 {
        assert!(start <= self.length);
        // SAFETY: within the slice or one past its end.
        unsafe { self.data.add(start) }
    }
}

/// Lends `length` numbers of any content to `f`. The thread keeps the memory for its next call, because fresh memory
/// costs more to bring in than most kernels take.
pub fn with_scratch<R>(length: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    // Taken out meanwhile, so that a call within the call gets memory of its own.
    let mut lines = SCRATCH.with_borrow_mut(Vec::pop).unwrap_or_default();
    let needed = length.div_ceil(LINE);
    if lines.len() < needed {
        drop(lines);
        lines = vec![Line([0.0; LINE]); needed];
    }
    // SAFETY: the lines hold as many elements.
    let result = f(unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast::<f32>(), length) });
    SCRATCH.with_borrow_mut(|scratch| scratch.push(lines));
    result
}

const LINE: usize = 16;

/// A cache line, for its alignment.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code)] [f32; LINE]);

thread_local! {
    static SCRATCH: RefCell<Vec<Vec<Line>>> = const { RefCell::new(Vec::new()) };
}

/// Splits `n` things into pieces of the size returned: at least `least` in each, and at most `most` pieces.
/// A function of the amount of work alone, so that results do not depend on the number of threads.
pub fn piece(n: usize, least: usize, most: usize) -> usize {
    n.div_ceil(most.max(1)).max(least).max(1)
}
