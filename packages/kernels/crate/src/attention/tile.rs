//! Products of small tiles: the inner loops of attention, written so that the compiler keeps a tile in registers.

use std::cell::RefCell;
use std::ops::Range;

/// The columns of a tile, on one cache line. An operand with many columns is stored as panels of lines.
pub const LINE: usize = 16;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Line(pub [f32; LINE]);

/// `c = a b`, or `c += a b` when `add`, for `TILE` rows and one panel of columns: element (i, p) of a lies at
/// `a + i * a_row + p * a_column`, row p of b is `b[p]`, row i of c lies at `c + i * c_row`.
///
/// # Safety
/// a must be readable at TILE rows and as many columns as b has lines, c writable at TILE rows of a line, and c may
/// overlap neither a nor b.
#[inline(always)]
pub unsafe fn multiply<const TILE: usize, const FUSED: bool>(
    a: *const f32,
    a_row: usize,
    a_column: usize,
    b: &[Line],
    c: *mut f32,
    c_row: usize,
    add: bool,
) {
    let mut sums = [[0.0f32; LINE]; TILE];
    for (p, Line(b)) in b.iter().enumerate() {
        for (i, sums) in sums.iter_mut().enumerate() {
            // SAFETY: as the caller promises.
            let x = unsafe { *a.add(i * a_row + p * a_column) };
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = if FUSED { x.mul_add(*b, *sum) } else { x * *b + *sum };
            }
        }
    }
    for (i, sums) in sums.iter().enumerate() {
        // SAFETY: as the caller promises.
        let c = unsafe { &mut *c.add(i * c_row).cast::<[f32; LINE]>() };
        for (c, sum) in c.iter_mut().zip(sums) {
            *c = if add { *c + sum } else { *sum };
        }
    }
}

/// Defines functions of `<TILE, FUSED>` that run compiled for the widest vectors of the machine: with as many rows in
/// a tile as its registers hold, and with fused multiply-add where it has that.
macro_rules! tiled {
    ($($(#[$meta:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) = $body:ident;)*) => {$(
        $(#[$meta])*
        pub fn $name($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,fma")]
                fn avx512($($arg: $type),*) {
                    $body::<12, true>($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) {
                    $body::<6, true>($($arg),*)
                }
                if $crate::attention::tile::avx512() {
                    // SAFETY: the instructions are there.
                    return unsafe { avx512($($arg),*) };
                }
                if $crate::attention::tile::avx2() {
                    // SAFETY: the instructions are there.
                    return unsafe { avx2($($arg),*) };
                }
            }
            #[cfg(target_arch = "aarch64")]
            return $body::<6, true>($($arg),*);
            #[cfg(not(target_arch = "aarch64"))]
            $body::<2, false>($($arg),*)
        }
    )*};
}
pub(super) use tiled;

/// Every tile's number of rows divides this.
pub const ROWS: usize = 12;

#[cfg(target_arch = "x86_64")]
pub fn avx512() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx512f") && has!("avx512vl") && has!("avx512dq") && has!("avx512bw") && has!("fma")
}

#[cfg(target_arch = "x86_64")]
pub fn avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
}

/// Memory of one task, handed out piece by piece.
pub struct Scratch<'a>(&'a mut [Line]);

impl<'a> Scratch<'a> {
    /// Lines of any content.
    pub fn lines(&mut self, n: usize) -> &'a mut [Line] {
        let (taken, rest) = std::mem::take(&mut self.0).split_at_mut(n);
        self.0 = rest;
        taken
    }

    /// At least `n` numbers of any content.
    pub fn floats(&mut self, n: usize) -> &'a mut [f32] {
        floats_mut(self.lines(n.div_ceil(LINE)))
    }
}

/// Calls f with this thread's memory, at least `lines` lines of any content.
pub fn with_scratch<R>(lines: usize, f: impl FnOnce(Scratch) -> R) -> R {
    thread_local! {
        static SCRATCH: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
    }
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.len() < lines {
            scratch.resize(lines, Line([0.0; LINE]));
        }
        f(Scratch(&mut scratch[..lines]))
    })
}

pub fn floats_mut(lines: &mut [Line]) -> &mut [f32] {
    // SAFETY: a line is its numbers, side by side.
    unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), lines.len() * LINE) }
}

/// Numbers as lines; their count must be a multiple of a line, and they must start on one.
pub fn lines_mut(floats: &mut [f32]) -> &mut [Line] {
    assert!(floats.len().is_multiple_of(LINE) && floats.as_ptr().cast::<Line>().is_aligned());
    // SAFETY: whole lines, as just checked.
    unsafe { std::slice::from_raw_parts_mut(floats.as_mut_ptr().cast(), floats.len() / LINE) }
}

/// The lines that hold a range of numbers.
pub fn lines_of(range: &Range<usize>) -> Range<usize> {
    range.start / LINE..range.end.div_ceil(LINE)
}
