//! Products with scores, a strip of rows at a time, of which only the columns that hold a visible key are computed.

use super::lines::LINE;
use crate::product::{Block, Kernels, Panels, Start, Strips};
use std::ops::Range;
use std::ptr::null;

/// Keys whose scores are held at a time.
pub const CHUNK: usize = 256;
/// The distance of rows of scores: a line more, which keeps rows out of each other's way in the cache.
pub const STRIDE: usize = CHUNK + LINE;

/// Numbers in rows on whole lines, zero after the last of a row.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub data: &'a [f32],
    pub width: usize,
}

impl<'a> Rows<'a> {
    pub fn from(self, row: usize) -> Rows<'a> {
        Rows { data: &self.data[row * self.width..], ..self }
    }

    fn panels(self, kernels: &Kernels) -> Panels {
        Panels { data: self.data.as_ptr(), step: self.width, panel: kernels.columns }
    }
}

/// The place of a product: rows of `size` numbers, `row` apart; they are added to when `add`.
#[derive(Clone, Copy)]
pub struct Output {
    pub data: *mut f32,
    pub row: usize,
    pub size: usize,
    pub add: bool,
}

impl Output {
    fn from(self, row: usize) -> Output {
        Output { data: self.data.wrapping_add(row * self.row), ..self }
    }
}

/// The keys that any of the rows sees, given what each sees.
pub fn seen(visible: &[Range<usize>]) -> Range<usize> {
    // Each row sees no earlier keys than the one before.
    match visible {
        [] => 0..0,
        [first, ..] => first.start..visible[visible.len() - 1].end,
    }
}

/// The columns of scores that are computed where rows see these of a number of keys: all of every strip of keys, from
/// the start of a panel to the end of a line.
pub fn columns(kernels: &Kernels, seen: Range<usize>, keys: usize) -> Range<usize> {
    if seen.is_empty() {
        return 0..0;
    }
    let start = seen.start / kernels.rows * kernels.rows;
    let end = seen.end.next_multiple_of(kernels.rows).min(keys);
    let unit = kernels.columns.max(LINE);
    start / unit * unit..end.next_multiple_of(LINE)
}

/// `scores = a b` in these rows and columns, where b lies in panels of `size` rows.
pub fn multiply_by_columns(
    kernels: &Kernels,
    rows: usize,
    columns: &Range<usize>,
    a: Rows,
    b: &[f32],
    size: usize,
    scores: &mut [f32],
) {
    assert!(size <= a.width && rows * a.width <= a.data.len());
    let b = &b[columns.start * size..columns.end.next_multiple_of(kernels.columns) * size];
    let c = &mut scores[..rows * STRIDE][columns.start..];
    let a = Strips { data: a.data.as_ptr(), row: a.width, step: 1, strip: kernels.rows * a.width };
    let b = Panels { data: b.as_ptr(), step: kernels.columns, panel: kernels.columns * size };
    let c = Output { data: c.as_mut_ptr(), row: STRIDE, size: columns.len(), add: false };
    // SAFETY: within the rows and panels, as just checked; columns are at most CHUNK.
    unsafe { multiply(kernels, rows, size, a, b, c) }
}

/// `c = scores b`, or `c += scores b`, for rows that see these keys.
///
/// # Safety
/// c must be writable.
pub unsafe fn multiply_by_rows(kernels: &Kernels, rows: usize, seen: Range<usize>, scores: &[f32], b: Rows, c: Output) {
    let scores = &scores[..rows * STRIDE][seen.start..];
    assert!(c.size <= b.width && seen.end * b.width <= b.data.len());
    let a = Strips { data: scores.as_ptr(), row: STRIDE, step: 1, strip: kernels.rows * STRIDE };
    // SAFETY: within the scores and b, as just checked; c is as the caller promises.
    unsafe { multiply(kernels, rows, seen.len(), a, b.from(seen.start).panels(kernels), c) }
}

/// `c = scores^T b`, or `c += scores^T b`, for these keys: a strip, whose columns of scores were all computed in rows
/// that see any. c and b start at the first key and row.
///
/// # Safety
/// As for [`multiply_by_rows`].
pub unsafe fn multiply_transposed(
    kernels: &Kernels,
    visible: &[Range<usize>],
    keys: Range<usize>,
    scores: &[f32],
    b: Rows,
    c: Output,
) {
    let first = visible.partition_point(|row| row.end <= keys.start);
    let end = visible.partition_point(|row| row.start < keys.end);
    let (first, end) = if first < end { (first, end) } else { (0, 0) };
    if end == 0 && c.add {
        return;
    }
    let scores = &scores[first * STRIDE..][keys.start..];
    assert!(c.size <= b.width && end * b.width <= b.data.len());
    let a = Strips { data: scores.as_ptr(), row: 1, step: STRIDE, strip: kernels.rows };
    // SAFETY: as for `multiply_by_rows`.
    unsafe { multiply(kernels, keys.len(), end - first, a, b.from(first).panels(kernels), c.from(keys.start)) }
}

unsafe fn multiply(kernels: &Kernels, m: usize, k: usize, a: Strips, b: Panels, c: Output) {
    let matrix = if c.add { c.data.cast_const() } else { null() };
    let start = Start { row: null(), matrix, matrix_row: c.row };
    // SAFETY: as the callers promise.
    unsafe { (kernels.block)(&Block { m, n: c.size, k, a, b, c: c.data, c_row: c.row, start, factor: 1.0 }) }
}
