//! Rows of a table by their number.

use crate::memory::{Parts, piece};
use crate::pool;

/// `out[i] = table[ids[i]]`; every id must be a row of the table.
pub fn gather(table: &[f32], ids: &[i32], width: usize, out: &mut [f32]) {
    let size = piece(ids.len(), (1 << 14) / width.max(1), 16);
    let out = Parts::of(out);
    pool::run(ids.len().div_ceil(size), |task| {
        for i in task * size..((task + 1) * size).min(ids.len()) {
            // SAFETY: every row belongs to one task.
            let row = unsafe { out.part(i * width, width) };
            row.copy_from_slice(&table[ids[i] as usize * width..][..width]);
        }
    });
}

/// `table[ids[i]] += dy[i]` from a table of zeros, in the order of the ids.
pub fn scatter_add(dy: &[f32], ids: &[i32], width: usize, table: &mut [f32]) {
    let vocabulary = table.len().checked_div(width).unwrap_or(0);
    let size = piece(vocabulary, (1 << 14) / width.max(1), 16);
    let table = Parts::of(table);
    pool::run(vocabulary.div_ceil(size), |task| {
        let first = task * size;
        let count = size.min(vocabulary - first);
        // SAFETY: every row of the table belongs to one task.
        let rows = unsafe { table.part(first * width, count * width) };
        rows.fill(0.0);
        for (i, &id) in ids.iter().enumerate() {
            let id = id as usize;
            if id >= first && id - first < count {
                let row = &mut rows[(id - first) * width..][..width];
                row.iter_mut().zip(&dy[i * width..][..width]).for_each(|(total, dy)| *total += dy);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::numbers;

    #[test]
    fn rows_are_taken_and_given_back() {
        for (vocabulary, width, count) in [(1, 1, 3), (5, 7, 0), (1000, 33, 700)] {
            let table = numbers(vocabulary * width, 1);
            let ids: Vec<i32> = (0..count).map(|i| (i * i % vocabulary) as i32).collect();
            let mut out = vec![0.0; count * width];
            gather(&table, &ids, width, &mut out);
            for (row, &id) in out.chunks(width).zip(&ids) {
                assert_eq!(row, &table[id as usize * width..][..width]);
            }
            let mut gradient = vec![9.0; vocabulary * width];
            scatter_add(&out, &ids, width, &mut gradient);
            let mut expected = vec![0.0; vocabulary * width];
            for (i, &id) in ids.iter().enumerate() {
                (0..width).for_each(|j| expected[id as usize * width + j] += out[i * width + j]);
            }
            assert_eq!(gradient, expected);
        }
    }
}
