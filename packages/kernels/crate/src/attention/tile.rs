//! Products of small tiles: the inner loops of attention, written so that the compiler keeps a tile in registers.

use crate::instructions::InstructionSet;
use std::cell::RefCell;
use std::ops::Range;

/// The columns of a tile, on one cache line. An operand with many columns is stored as panels of lines.
pub const LINE: usize = 16;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Line(pub [f32; LINE]);

/// The product of a tile, compiled for an instruction set.
#[derive(Clone, Copy)]
pub struct Tile {
    /// The rows of a tile, as many as the registers hold; divides ROWS.
    pub rows: usize,
    multiply: unsafe fn(*const f32, usize, usize, &[Line], *mut f32, usize, bool),
}

/// Every tile's rows divide this.
pub const ROWS: usize = 12;

impl Tile {
    /// The tile of an instruction set, which must be one that the machine has.
    pub fn of(set: InstructionSet) -> Tile {
        match set {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 | InstructionSet::Avx512Bf16 | InstructionSet::Amx => {
                Tile { rows: 12, multiply: avx512 }
            }
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => Tile { rows: 6, multiply: avx2 },
            InstructionSet::Neon => Tile { rows: 6, multiply: multiply::<6, true> },
            _ => Tile { rows: 2, multiply: multiply::<2, false> },
        }
    }

    /// `c = a b`, or `c += a b` when `add`, for the rows of a tile and one line of columns: element (i, p) of a lies
    /// at `a + i * a_row + p * a_column`, row p of b is `b[p]`, row i of c lies at `c + i * c_row`.
    ///
    /// # Safety
    /// a must be readable at the tile's rows and as many columns as b has lines, c writable at the tile's rows of a
    /// line, and c may overlap neither a nor b.
    #[inline(always)]
    pub unsafe fn multiply(
        self,
        a: *const f32,
        a_row: usize,
        a_column: usize,
        b: &[Line],
        c: *mut f32,
        c_row: usize,
        add: bool,
    ) {
        // SAFETY: as the caller promises; the instructions are there.
        unsafe { (self.multiply)(a, a_row, a_column, b, c, c_row, add) }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,fma")]
unsafe fn avx512(a: *const f32, a_row: usize, a_column: usize, b: &[Line], c: *mut f32, c_row: usize, add: bool) {
    // SAFETY: as the caller promises.
    unsafe { multiply::<12, true>(a, a_row, a_column, b, c, c_row, add) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(a: *const f32, a_row: usize, a_column: usize, b: &[Line], c: *mut f32, c_row: usize, add: bool) {
    // SAFETY: as the caller promises.
    unsafe { multiply::<6, true>(a, a_row, a_column, b, c, c_row, add) }
}

#[inline(always)]
unsafe fn multiply<const TILE: usize, const FUSED: bool>(
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
        for i in 0..TILE {
            // SAFETY: as the caller promises.
            let x = unsafe { *a.add(i * a_row + p * a_column) };
            for j in 0..LINE {
                sums[i][j] = if FUSED { x.mul_add(b[j], sums[i][j]) } else { x * b[j] + sums[i][j] };
            }
        }
    }
    for i in 0..TILE {
        // SAFETY: as the caller promises.
        let c = unsafe { &mut *c.add(i * c_row).cast::<[f32; LINE]>() };
        for j in 0..LINE {
            c[j] = if add { c[j] + sums[i][j] } else { sums[i][j] };
        }
    }
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
