//! Outputs and gradients against plain loops in double precision.

use super::*;
use crate::dropout::{BITS, threefry};
use crate::testing::{close, numbers, with_every_instruction_set};

#[test]
fn output_and_gradients_agree_with_loops() {
    let shapes = [(1, 1, 1, 1, 1, 1), (2, 5, 5, 3, 3, 7), (1, 70, 70, 2, 1, 8), (1, 3, 130, 4, 2, 4)];
    let long = [
        (1, 129, 300, 1, 1, 17),
        (1, 600, 600, 2, 2, 3),
        (2, 0, 3, 1, 1, 2),
        (0, 3, 3, 1, 1, 2),
        (1, 2, 601, 2, 1, 16),
    ];
    let all = shapes.into_iter().chain(long);
    with_every_instruction_set(|_| {
        for (batch, queries, keys, heads, kv_heads, size) in all.clone() {
            for causal in [true, false] {
                for window in [None, Some(1), Some(7), Some(270)] {
                    let scale = 0.7 / (size as f32).sqrt();
                    let sizes =
                        Sizes { batch, queries, keys, heads, kv_heads, size, causal, window, scale, dropout: None };
                    check(sizes, false);
                    check(Sizes { dropout: Some(Keep { rate: 0.3, scale: 1.0 / 0.7, key: (3, 4) }), ..sizes }, true);
                }
            }
        }
    });
}

#[test]
fn without_a_mask_there_may_be_fewer_keys_than_queries() {
    let (causal, window, dropout) = (false, None, None);
    check(
        Sizes { batch: 2, queries: 9, keys: 2, heads: 1, kv_heads: 1, size: 5, causal, window, scale: 1.0, dropout },
        true,
    );
}

/// The layouts of separate tensors, or of one packed row of q, k and v.
fn layouts(sizes: &Sizes, packed: bool) -> [Layout; 3] {
    let Sizes { queries, keys, heads, kv_heads, size, .. } = *sizes;
    let at = |start, row, time: usize| Layout { start, sequence: time * row, row, size };
    if !packed {
        let kv = at(0, kv_heads * size, keys);
        return [at(0, heads * size, queries), kv, kv];
    }
    let row = (heads + 2 * kv_heads) * size;
    let time = queries.max(keys);
    [at(0, row, time), at(heads * size, row, time), at((heads + kv_heads) * size, row, time)]
}

fn check(sizes: Sizes, packed: bool) {
    let Sizes { batch, queries, keys, heads, kv_heads, size, .. } = sizes;
    let (nq, nk) = (batch * queries * heads * size, batch * keys * kv_heads * size);
    let n = if packed { batch * queries.max(keys) * (heads + 2 * kv_heads) * size } else { nq.max(nk) };
    let layouts = layouts(&sizes, packed);
    let data: [Vec<f32>; 3] = std::array::from_fn(|i| numbers(n, if packed { 1 } else { i as u64 + 1 }));
    let [q, k, v] = std::array::from_fn(|i| Heads { data: &data[i], layout: layouts[i] });
    let plain = Layout { start: 0, sequence: queries * heads * size, row: heads * size, size };
    let dy = numbers(nq, 4);
    let (mut y, mut log_sum_exp) = (vec![f32::NAN; nq], vec![f32::NAN; batch * heads * queries]);
    forward(sizes, q, k, v, HeadsMut { data: Parts::of(&mut y), layout: plain }, &mut log_sum_exp);

    let mut gradients: [Vec<f32>; 3] = std::array::from_fn(|_| vec![f32::NAN; n]);
    let parts = gradients.each_mut().map(|gradient| Parts::of(gradient));
    let [dq, dk, dv] = std::array::from_fn(|i| HeadsMut { data: parts[i], layout: layouts[i] });
    let (y_heads, dy_heads) = (Heads { data: &y, layout: plain }, Heads { data: &dy, layout: plain });
    let saved = Saved { q, k, v, y: y_heads, dy: dy_heads, log_sum_exp: &log_sum_exp };
    backward(sizes, &saved, dq, dk, dv);

    let mut expected: [Vec<f64>; 3] = std::array::from_fn(|_| vec![f64::NAN; n]);
    for b in 0..batch {
        for h in 0..heads {
            let place = |layout: Layout, head: usize, time: usize, c: usize| {
                layout.start + b * layout.sequence + time * layout.row + head * size + c
            };
            let kv = h / (heads / kv_heads);
            if h % (heads / kv_heads) == 0 {
                for j in 0..keys {
                    (0..size).for_each(|c| (1..3).for_each(|i| expected[i][place(layouts[i], kv, j, c)] = 0.0));
                }
            }
            for i in 0..queries {
                let position = i as i64 + keys as i64 - queries as i64;
                let sees = |j: usize| {
                    let near = sizes.window.is_none_or(|window| (position - j as i64).abs() < window as i64);
                    near && (!sizes.causal || j as i64 <= position)
                };
                let at = |x: &[f32], index: usize| f64::from(x[index]);
                let of_q = |c: usize| at(&data[0], place(layouts[0], h, i, c));
                let of_y = |c: usize| place(plain, h, i, c);
                let of_kv = |from: usize, j: usize, c: usize| at(&data[from], place(layouts[from], kv, j, c));
                let scale = f64::from(sizes.scale);
                let score = |j: usize| (0..size).map(|c| of_q(c) * of_kv(1, j, c)).sum::<f64>() * scale;
                let p: Vec<f64> = (0..keys).map(|j| if sees(j) { score(j).exp() } else { 0.0 }).collect();
                let total = p.iter().sum::<f64>();
                close(log_sum_exp[(b * heads + h) * queries + i], total.ln(), 1e-5);
                let factor = |j: usize| {
                    let Some(keep) = sizes.dropout else { return 1.0 };
                    let number = ((b * heads + h) * queries + i) * keys + j;
                    let words = threefry(keep.key.0, keep.key.1, (number / 2) as u32, BITS);
                    let word = if number.is_multiple_of(2) { words.0 } else { words.1 };
                    if ((word >> 8) as f32) / (1 << 24) as f32 >= keep.rate { f64::from(keep.scale) } else { 0.0 }
                };
                let d_weight = |j: usize| (0..size).map(|c| at(&dy, of_y(c)) * of_kv(2, j, c)).sum::<f64>() * factor(j);
                let d_weights: Vec<f64> = (0..keys).map(d_weight).collect();
                let along = (0..keys).map(|j| d_weights[j] * p[j] / total).sum::<f64>();
                let (mut sums, mut d_query) = (vec![0.0; size], vec![0.0; size]);
                for j in 0..keys {
                    let weight = p[j] / total;
                    let ds = weight * (d_weights[j] - along) * scale;
                    for c in 0..size {
                        sums[c] += weight * factor(j) * of_kv(2, j, c);
                        d_query[c] += ds * of_kv(1, j, c);
                        expected[1][place(layouts[1], kv, j, c)] += ds * of_q(c);
                        expected[2][place(layouts[2], kv, j, c)] += weight * factor(j) * at(&dy, of_y(c));
                    }
                }
                for c in 0..size {
                    close(y[of_y(c)], sums[c], 2e-5);
                    expected[0][place(layouts[0], h, i, c)] = d_query[c];
                }
            }
        }
    }
    for (found, expected) in gradients.iter().zip(&expected) {
        for (&found, &expected) in found.iter().zip(expected) {
            assert_eq!(found.is_nan(), expected.is_nan());
            if !expected.is_nan() {
                close(found, expected, 4e-5);
            }
        }
    }
}
