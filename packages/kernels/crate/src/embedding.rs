//! Rows of a table by their number.

use crate::memory::{Parts, piece};
use crate::pool;
use crate::reduce::add_row;

/// A table that is added by place: row i of the ids gets row `offset + i % time`.
#[derive(Clone, Copy)]
pub struct Places {
    pub time: usize,
    pub offset: usize,
}

/// `out[i] = table[ids[i]] + positions[place of i]`; every id and place must be a row of its table.
pub fn gather(table: &[f32], ids: &[i32], positions: Option<(&[f32], Places)>, width: usize, out: &mut [f32]) {
    let size = piece(ids.len(), (1 << 14) / width.max(1), 16);
    let out = Parts::of(out);
    pool::run(ids.len().div_ceil(size), |task| {
        for i in task * size..((task + 1) * size).min(ids.len()) {
            // SAFETY: every row belongs to one task.
            let row = unsafe { out.part(i * width, width) };
            let found = &table[ids[i] as usize * width..][..width];
            match positions {
                None => row.copy_from_slice(found),
                Some((positions, Places { time, offset })) => {
                    let place = &positions[(offset + i % time) * width..][..width];
                    row.iter_mut().zip(found.iter().zip(place)).for_each(|(out, (a, b))| *out = a + b);
                }
            }
        }
    });
}

/// The gradients of [`gather`]: `table[ids[i]] += dy[i]` and `positions[place of i] += dy[i]`, from zeros and in the
/// order of i.
pub fn scatter_add(dy: &[f32], ids: &[i32], width: usize, table: &mut [f32], positions: Option<(&mut [f32], Places)>) {
    let vocabulary = table.len().checked_div(width).unwrap_or(0);
    // A table of few rows is cut into columns: its rows are seldom hit equally often.
    let (row_size, column_size) = if vocabulary < FEW_ROWS {
        (vocabulary.max(1), piece(width, 64, 8))
    } else {
        (piece(vocabulary, (1 << 14) / width.max(1), 16), width.max(1))
    };
    let (row_tasks, column_tasks) = (vocabulary.div_ceil(row_size), width.div_ceil(column_size));
    let table = Parts::of(table);
    let (positions, places) = match positions {
        Some((positions, places)) => (positions, places),
        None => (&mut [][..], Places { time: 1, offset: 0 }),
    };
    let context = positions.len().checked_div(width).unwrap_or(0);
    let place_size = piece(context, (1 << 14) / width.max(1), 16);
    let positions = Parts::of(positions);
    let table_tasks = row_tasks * column_tasks;
    pool::run(table_tasks + context.div_ceil(place_size), |task| {
        if task < table_tasks {
            let (rows, columns) = (task / column_tasks * row_size, task % column_tasks * column_size);
            let block = Block {
                table,
                width,
                rows: rows..(rows + row_size).min(vocabulary),
                columns: columns..(columns + column_size).min(width),
            };
            // SAFETY: the blocks are apart.
            unsafe { block.add(dy, ids) };
            return;
        }
        let first = (task - table_tasks) * place_size;
        for place in first..(first + place_size).min(context) {
            // SAFETY: every row belongs to one task.
            let row = unsafe { positions.part(place * width, width) };
            row.fill(0.0);
            let place = place.wrapping_sub(places.offset);
            if place < places.time {
                for i in (place..ids.len()).step_by(places.time) {
                    add_row(&dy[i * width..][..width], row);
                }
            }
        }
    });
}

const FEW_ROWS: usize = 1 << 10;

/// A part of a table that belongs to one thread.
struct Block<'a> {
    table: Parts<'a>,
    width: usize,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
}

impl Block<'_> {
    /// # Safety
    /// No other thread may use the block.
    unsafe fn add(&self, dy: &[f32], ids: &[i32]) {
        // SAFETY: as the caller promises.
        let row = |id: usize| unsafe { self.table.part(id * self.width + self.columns.start, self.columns.len()) };
        self.rows.clone().for_each(|id| row(id).fill(0.0));
        for (i, &id) in ids.iter().enumerate() {
            let id = id as usize;
            if self.rows.contains(&id) {
                add_row(&dy[i * self.width + self.columns.start..][..self.columns.len()], row(id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::numbers;

    #[test]
    fn rows_are_taken_and_given_back() {
        for (vocabulary, width, count) in [(1, 1, 3), (5, 7, 0), (1000, 33, 700), (65, 384, 300), (2000, 5, 90)] {
            let table = numbers(vocabulary * width, 1);
            let ids: Vec<i32> = (0..count).map(|i| (i * i % vocabulary) as i32).collect();
            let mut out = vec![0.0; count * width];
            gather(&table, &ids, None, width, &mut out);
            for (row, &id) in out.chunks(width).zip(&ids) {
                assert_eq!(row, &table[id as usize * width..][..width]);
            }
            let mut gradient = vec![9.0; vocabulary * width];
            scatter_add(&out, &ids, width, &mut gradient, None);
            let mut expected = vec![0.0; vocabulary * width];
            for (i, &id) in ids.iter().enumerate() {
                (0..width).for_each(|j| expected[id as usize * width + j] += out[i * width + j]);
            }
            assert_eq!(gradient, expected);
        }
    }

    #[test]
    fn places_have_rows_of_their_own() {
        let (width, ids) = (3, [1, 0, 1, 1, 2, 0]);
        let (table, positions) = (numbers(3 * width, 1), numbers(5 * width, 2));
        let places = Places { time: 3, offset: 1 };
        let mut out = vec![9.0; ids.len() * width];
        gather(&table, &ids, Some((&positions, places)), width, &mut out);
        let (mut d_table, mut d_positions) = (vec![9.0; table.len()], vec![9.0; positions.len()]);
        scatter_add(&out, &ids, width, &mut d_table, Some((&mut d_positions, places)));
        let mut expected = vec![0.0; positions.len()];
        for (i, &id) in ids.iter().enumerate() {
            for j in 0..width {
                let place = (1 + i % 3) * width + j;
                assert_eq!(out[i * width + j], table[id as usize * width + j] + positions[place]);
                expected[place] += out[i * width + j];
            }
        }
        assert_eq!(d_positions, expected);
    }
}
