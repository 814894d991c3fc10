//! The inner part of a product: tiles of c whose sums stay in registers.

use super::vector::{Tile, Vector};

/// A part of a product whose operands lie as the tiles read them. Lanes along k are float32, or pairs of bfloat16.
#[derive(Clone, Copy)]
pub struct Block {
    pub m: usize,
    pub n: usize,
    /// Lanes.
    pub k: usize,
    pub a: Strips,
    pub b: Panels,
    pub c: *mut f32,
    pub c_row: usize,
    pub start: Start,
    pub factor: f32,
}

/// Strips of a tile's rows: lane p of row i of a strip lies at `i * row + p * step`.
#[derive(Clone, Copy)]
pub struct Strips {
    pub data: *const f32,
    pub row: usize,
    pub step: usize,
    /// From a strip to the next.
    pub strip: usize,
}

/// Panels of a tile's columns, the last filled up with anything: row p lies at `p * step`.
#[derive(Clone, Copy)]
pub struct Panels {
    pub data: *const f32,
    pub step: usize,
    /// From a panel to the next.
    pub panel: usize,
}

/// What the product is added to: a row for all rows, and a matrix; either may be null.
#[derive(Clone, Copy)]
pub struct Start {
    pub row: *const f32,
    pub matrix: *const f32,
    pub matrix_row: usize,
}

impl Start {
    /// The start of the part of c from (i, j) on.
    pub fn from(self, i: usize, j: usize) -> Start {
        let at = |data: *const f32, offset| if data.is_null() { data } else { data.wrapping_add(offset) };
        Start { row: at(self.row, j), matrix: at(self.matrix, i * self.matrix_row + j), ..self }
    }
}

/// Elements of a cache line.
const LINE: usize = 16;
/// Columns of the widest tile.
const MOST_COLUMNS: usize = 64;
const ZEROS: [f32; MOST_COLUMNS] = [0.0; MOST_COLUMNS];

/// `c = start + factor * a b`. Every element is summed along k in order, whatever the sizes of the block.
///
/// # Safety
/// The tile's instructions must be there, everything must lie in memory, and c may overlap only `start.matrix`, which
/// may be c itself.
#[inline(always)]
pub unsafe fn block<T: Tile>(block: &Block) {
    let width = T::COLUMNS * T::Vector::LANES;
    for (panel, j) in (0..block.n).step_by(width).enumerate() {
        let columns = width.min(block.n - j);
        // SAFETY: within the panels.
        let b = unsafe { block.b.data.add(panel * block.b.panel) };
        for (strip, i) in (0..block.m).step_by(T::ROWS).enumerate() {
            let rows = T::ROWS.min(block.m - i);
            // SAFETY: within a and c.
            unsafe {
                let a = block.a.data.add(strip * block.a.strip);
                choose::<T>(block, a, b, i, j, rows, columns);
            }
        }
    }
}

/// As [`block`] for one row, in wider tiles; the panels are `ROW_COLUMNS` vectors wide.
///
/// # Safety
/// As for [`block`].
#[inline(always)]
pub unsafe fn one_row<T: Tile>(block: &Block) {
    let width = T::ROW_COLUMNS * T::Vector::LANES;
    for (panel, j) in (0..block.n).step_by(width).enumerate() {
        let columns = width.min(block.n - j);
        // SAFETY: as the caller promises.
        unsafe {
            let b = block.b.data.add(panel * block.b.panel);
            macro_rules! by_columns {
                ($($vectors:literal)*) => {
                    match columns.div_ceil(T::Vector::LANES) {
                        $($vectors if $vectors <= T::ROW_COLUMNS => {
                            tile::<T, 1, $vectors>(block, block.a.data, b, 0, j, columns)
                        })*
                        _ => unreachable!(),
                    }
                };
            }
            by_columns!(1 2 3 4 5 6 7 8)
        }
    }
}

/// The tile of `rows` rows, as few vectors wide as `columns` allow.
#[inline(always)]
unsafe fn choose<T: Tile>(
    block: &Block,
    a: *const f32,
    b: *const f32,
    i: usize,
    j: usize,
    rows: usize,
    columns: usize,
) {
    let vectors = columns.div_ceil(T::Vector::LANES);
    macro_rules! by_rows {
        ($vectors:literal: $($rows:literal)*) => {
            match rows {
                // SAFETY: as the caller promises.
                $($rows if $rows <= T::ROWS => unsafe { tile::<T, $rows, $vectors>(block, a, b, i, j, columns) },)*
                _ => unreachable!(),
            }
        };
    }
    macro_rules! by_columns {
        ($($vectors:literal)*) => {
            match vectors {
                $($vectors if $vectors <= T::COLUMNS => by_rows!($vectors: 1 2 3 4 5 6 7 8 9 10 11 12),)*
                _ => unreachable!(),
            }
        };
    }
    by_columns!(1 2 3 4)
}

#[inline(always)]
unsafe fn tile<T: Tile, const M: usize, const N: usize>(
    block: &Block,
    a: *const f32,
    b: *const f32,
    i: usize,
    j: usize,
    columns: usize,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let c = block.c.add(i * block.c_row + j);
        for r in 0..M {
            // Written when the sums are complete; until then its lines have time to come.
            for at in (0..N * T::Vector::LANES).step_by(LINE) {
                T::Vector::prefetch(c.wrapping_add(r * block.c_row + at));
            }
        }
        let mut sums = [[T::Vector::zero(); N]; M];
        let Strips { row, step, .. } = block.a;
        // With these distances known, elements are reached without arithmetic, which would take the ports of the products.
        match (row, step) {
            (_, 1) if M == T::ROWS => add_products::<T, M, N, UNROLL>(&mut sums, block, a, row, 1, b),
            (1, _) if M == T::ROWS && step == M => add_products::<T, M, N, UNROLL>(&mut sums, block, a, 1, M, b),
            _ => add_products::<T, M, N, 1>(&mut sums, block, a, row, step, b),
        }
        let Start { row, matrix, matrix_row } = block.start;
        let whole = columns == N * T::Vector::LANES;
        if whole && row.is_null() && matrix.is_null() && block.factor == 1.0 {
            for r in 0..M {
                for v in 0..N {
                    sums[r][v].store(c.add(r * block.c_row + v * T::Vector::LANES));
                }
            }
            return;
        }
        let row = if row.is_null() { ZEROS.as_ptr() } else { row.add(j) };
        let (matrix, matrix_row) =
            if matrix.is_null() { (ZEROS.as_ptr(), 0) } else { (matrix.add(i * matrix_row + j), matrix_row) };
        let factor = T::Vector::splat(&block.factor);
        if whole {
            write::<T, M, N>(&sums, factor, row, matrix, matrix_row, c, block.c_row);
            return;
        }
        // The same through copies, since whole vectors would reach past the row's end.
        let mut row_copy = ZEROS;
        let mut copy = [ZEROS; M];
        row_copy[..columns].copy_from_slice(std::slice::from_raw_parts(row, columns));
        for (r, copy) in copy.iter_mut().enumerate() {
            copy[..columns].copy_from_slice(std::slice::from_raw_parts(matrix.add(r * matrix_row), columns));
        }
        let start = copy.as_mut_ptr().cast::<f32>();
        write::<T, M, N>(&sums, factor, row_copy.as_ptr(), start, MOST_COLUMNS, start, MOST_COLUMNS);
        for (r, copy) in copy.iter().enumerate() {
            std::slice::from_raw_parts_mut(c.add(r * block.c_row), columns).copy_from_slice(&copy[..columns]);
        }
    }
}

/// Steps along k in a round of the loop.
const UNROLL: usize = 4;
/// Rows of a reached from one pointer: x86 adds the distance between rows none, one or two times.
const REACHED: usize = 3;

/// Adds the products of all steps along k to the sums.
#[inline(always)]
unsafe fn add_products<T: Tile, const M: usize, const N: usize, const STEPS: usize>(
    sums: &mut [[T::Vector; N]; M],
    block: &Block,
    a: *const f32,
    row: usize,
    step: usize,
    mut b: *const f32,
) {
    let mut rows = [a; M];
    // SAFETY (all blocks): as the caller promises.
    for r in (0..M).step_by(REACHED) {
        rows[r] = unsafe { T::Vector::apart(a.wrapping_add(r * row)) };
    }
    let mut at = 0;
    let mut left = block.k;
    while left > 0 {
        let steps = if left >= STEPS { STEPS } else { 1 };
        for p in 0..steps {
            unsafe { add_step::<T, M, N>(sums, &rows, row, at + p * step, b.wrapping_add(p * block.b.step)) };
        }
        at += steps * step;
        b = b.wrapping_add(steps * block.b.step);
        left -= steps;
    }
}

#[inline(always)]
unsafe fn add_step<T: Tile, const M: usize, const N: usize>(
    sums: &mut [[T::Vector; N]; M],
    rows: &[*const f32; M],
    row: usize,
    at: usize,
    b: *const f32,
) {
    // SAFETY: as the caller promises.
    unsafe {
        // No closures: they would be compiled without the tile's instructions.
        let mut b_row = [T::Vector::zero(); N];
        for v in 0..N {
            b_row[v] = T::Vector::load(b.wrapping_add(v * T::Vector::LANES));
        }
        for r in 0..M {
            let x = T::Vector::splat(rows[r - r % REACHED].wrapping_add(at + r % REACHED * row));
            for v in 0..N {
                sums[r][v] = T::step(x, b_row[v], sums[r][v]);
            }
        }
    }
}

#[inline(always)]
unsafe fn write<T: Tile, const M: usize, const N: usize>(
    sums: &[[T::Vector; N]; M],
    factor: T::Vector,
    row: *const f32,
    matrix: *const f32,
    matrix_row: usize,
    c: *mut f32,
    c_row: usize,
) {
    // SAFETY: as the caller promises.
    unsafe {
        for (r, sums) in sums.iter().enumerate() {
            for (v, sum) in sums.iter().enumerate() {
                let at = v * T::Vector::LANES;
                let with_row = sum.multiply_add(factor, T::Vector::load(row.add(at)));
                let with_matrix = with_row.add(T::Vector::load(matrix.add(r * matrix_row + at)));
                with_matrix.store(c.add(r * c_row + at));
            }
        }
    }
}
