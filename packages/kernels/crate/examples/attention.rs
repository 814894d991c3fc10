//! The speed of attention, forward and backward, on one thread: `cargo run --release --example attention`,
//! or of one of the shapes: `... attention B`.

use llm_kernels::attention::{Heads, HeadsMut, Layout, Saved, Sizes, backward, forward};
use llm_kernels::{memory::Parts, pool};
use std::time::Instant;

fn main() {
    pool::set_threads(1);
    for (name, batch, time, heads, size) in [("A", 12, 64, 4, 32), ("B", 4, 256, 6, 64), ("C", 1, 1024, 12, 64)] {
        if std::env::args().nth(1).is_some_and(|only| only != name) {
            continue;
        }
        let scale = 1.0 / (size as f32).sqrt();
        let sizes = Sizes {
            batch,
            queries: time,
            keys: time,
            heads,
            kv_heads: heads,
            size,
            causal: true,
            window: None,
            scale,
            dropout: None,
        };
        let width = heads * size;
        let numbers = |n: usize| (0..n).map(|i| (i as f32 * 12.9898).sin()).collect::<Vec<f32>>();
        let qkv = numbers(batch * time * 3 * width);
        let (dy, mut y) = (numbers(batch * time * width), vec![0.0; batch * time * width]);
        let (mut d_qkv, mut log_sum_exp) = (vec![0.0; qkv.len()], vec![0.0; batch * heads * time]);
        let packed = |i: usize| Layout { start: i * width, sequence: time * 3 * width, row: 3 * width, size };
        let plain = Layout { start: 0, sequence: time * width, row: width, size };
        let [q, k, v] = std::array::from_fn(|i| Heads { data: &qkv, layout: packed(i) });
        let rounds = 6_000_000_000 / (batch * heads * time * time * size);
        let (mut best_backward, mut best_forward) = (f64::MAX, f64::MAX);
        for _ in 0..rounds {
            let start = Instant::now();
            forward(sizes, q, k, v, HeadsMut { data: Parts::of(&mut y), layout: plain }, &mut log_sum_exp);
            best_forward = best_forward.min(start.elapsed().as_secs_f64());
            let start = Instant::now();
            let parts = Parts::of(&mut d_qkv);
            let [dq, dk, dv] = std::array::from_fn(|i| HeadsMut { data: parts, layout: packed(i) });
            let (y, dy) = (Heads { data: &y, layout: plain }, Heads { data: &dy, layout: plain });
            backward(sizes, &Saved { q, k, v, y, dy, log_sum_exp: &log_sum_exp }, dq, dk, dv);
            best_backward = best_backward.min(start.elapsed().as_secs_f64());
        }
        // 2 products forward and 5 backward, of half the pairs of positions.
        let work = (batch * heads * time * (time + 1) * size) as f64;
        println!(
            "{name:5} forward {:8.1} us, {:5.1} GFLOP/s; backward {:8.1} us, {:5.1} GFLOP/s",
            best_forward * 1e6,
            2.0 * work / best_forward / 1e9,
            best_backward * 1e6,
            5.0 * work / best_backward / 1e9
        );
    }
}
