//! Where heads lie in tensors, and how they are packed for the products.

use super::lines::LINE;
use super::scores::Output;
use super::weights::dot_lines;
use crate::memory::Parts;
use crate::product::{Kernels, View};
use crate::simd::multiversion;
use std::ops::Range;

/// Element (sequence, time, head, c) lies at `start + sequence * sequence_stride + time * row + head * size + c`.
#[derive(Clone, Copy)]
pub struct Layout {
    pub start: usize,
    pub sequence: usize,
    pub row: usize,
    pub size: usize,
}

impl Layout {
    fn row(&self, sequence: usize, head: usize, time: usize) -> usize {
        self.start + sequence * self.sequence + time * self.row + head * self.size
    }
}

/// The heads of a tensor.
#[derive(Clone, Copy)]
pub struct Heads<'a> {
    pub data: &'a [f32],
    pub layout: Layout,
}

impl<'a> Heads<'a> {
    pub fn head(self, sequence: usize, head: usize) -> Head<'a> {
        Head { heads: self, sequence, head }
    }
}

/// The heads of a tensor that several threads write, each its own.
#[derive(Clone, Copy)]
pub struct HeadsMut<'a> {
    pub data: Parts<'a>,
    pub layout: Layout,
}

impl<'a> HeadsMut<'a> {
    /// # Safety
    /// As for [`Parts::part`].
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn row(&self, sequence: usize, head: usize, time: usize) -> &'a mut [f32] {
        // SAFETY: as the caller promises.
        unsafe { self.data.part(self.layout.row(sequence, head, time), self.layout.size) }
    }

    /// The rows of these times, of which there is at least one, as the place of a product.
    pub fn output(&self, sequence: usize, head: usize, times: Range<usize>, add: bool) -> Output {
        let Layout { row, size, .. } = self.layout;
        let start = self.layout.row(sequence, head, times.start);
        // The end is within the tensor too.
        self.data.pointer(self.layout.row(sequence, head, times.end - 1) + size);
        Output { data: self.data.pointer(start), row, size, add }
    }
}

/// One head of one sequence.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    heads: Heads<'a>,
    sequence: usize,
    head: usize,
}

impl<'a> Head<'a> {
    fn size(&self) -> usize {
        self.heads.layout.size
    }

    #[inline(always)]
    pub fn row(&self, time: usize) -> &'a [f32] {
        let layout = &self.heads.layout;
        &self.heads.data[layout.row(self.sequence, self.head, time)..][..layout.size]
    }
}

multiversion! {
    /// The rows of these times times `scale`, side by side, each filled up with zeros to whole lines.
    pub fn copy(head: Head, times: Range<usize>, scale: f32, out: &mut [f32]) {
        let width = head.size().next_multiple_of(LINE);
        for (time, out) in times.zip(out.chunks_exact_mut(width)) {
            let row = head.row(time);
            for (out, x) in out.iter_mut().zip(row) {
                *out = x * scale;
            }
            out[row.len()..].fill(0.0);
        }
    }

    /// The products of two heads' rows of these times.
    pub fn dots(a: Head, b: Head, times: Range<usize>, out: &mut [f32]) {
        for (out, time) in out.iter_mut().zip(times) {
            *out = dot_lines(a.row(time), b.row(time));
        }
    }
}

/// The rows of these times as columns, in panels.
pub fn transposed(kernels: &Kernels, head: Head, times: Range<usize>, out: &mut [f32]) {
    let (size, n) = (head.size(), times.len());
    assert!(n.next_multiple_of(kernels.columns) * size <= out.len());
    if n == 0 {
        return;
    }
    let Head { heads: Heads { data, layout }, sequence, head } = head;
    let at = |time| layout.row(sequence, head, time);
    let rows = &data[at(times.start)..at(times.end - 1) + size];
    let columns = View { data: rows.as_ptr(), row: 1, column: layout.row };
    // SAFETY: the view lies within the rows, and `out` holds its panels.
    unsafe { (kernels.pack_panels)(size, n, columns, out.as_mut_ptr()) }
}
