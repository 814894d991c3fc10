//! The speed of products at the sizes of GPT-2 training steps, for every instruction set of this machine:
//! `cargo run --release --example products [shape]`.

use llm_kernels::product::{Compute, Operand, Product, Sizes};
use llm_kernels::{instructions, pool};
use std::time::Instant;

/// Name, whether a and b are transposed, m, n, k.
const SHAPES: [(&str, bool, bool, usize, usize, usize); 15] = [
    ("A qkv", false, false, 768, 384, 128),
    ("A up", false, false, 768, 512, 128),
    ("A down", false, false, 768, 128, 512),
    ("A up dX", false, true, 768, 128, 512),
    ("A up dW", true, false, 128, 512, 768),
    ("A down dW", true, false, 512, 128, 768),
    ("A head", false, true, 768, 65, 128),
    ("B qkv", false, false, 1024, 1152, 384),
    ("B up", false, false, 1024, 1536, 384),
    ("B down", false, false, 1024, 384, 1536),
    ("B up dX", false, true, 1024, 384, 1536),
    ("B up dW", true, false, 384, 1536, 1024),
    ("B head", false, true, 1024, 65, 384),
    ("one row", false, false, 1, 1536, 384),
    ("one row", false, true, 1, 1536, 384),
];

fn main() {
    let (only, wanted) = (std::env::args().nth(1).unwrap_or_default(), std::env::args().nth(2).unwrap_or_default());
    for set in instructions::available() {
        if !set.name().starts_with(&only) || instructions::set(set.name()).is_err() {
            continue;
        }
        println!("{}: GFLOP/s with 1 and 2 threads, and the same of bfloat16", set.name());
        for shape @ (name, ..) in SHAPES {
            if name.starts_with(&wanted) {
                let speeds = [(1, Compute::F32), (2, Compute::F32), (1, Compute::Bf16), (2, Compute::Bf16)];
                let found = speeds.map(|(threads, compute)| {
                    pool::set_threads(threads);
                    format!("{:7.1}", speed(shape, compute))
                });
                println!("{} {}", label(shape), found.join(" "));
            }
        }
    }
}

fn label((name, ta, tb, m, n, k): (&str, bool, bool, usize, usize, usize)) -> String {
    let mark = |transposed| if transposed { "^T" } else { "" };
    format!("{name:10} {:24}", format!("{m}x{k}{} {k}x{n}{}", mark(ta), mark(tb)))
}

fn speed((_, ta, tb, m, n, k): (&str, bool, bool, usize, usize, usize), compute: Compute) -> f64 {
    let (a, b, mut c) = (vec![0.5f32; m * k], vec![0.25f32; n * k], vec![0f32; m * n]);
    let a = Operand { data: &a, transposed: ta, shared: false };
    let b = Operand { data: &b, transposed: tb, shared: false };
    let product = Product { compute, ..Product::new(Sizes { batch: 1, m, n, k }, a, b) };
    best(2.0 * (m * n * k) as f64, || product.run(&mut c, None))
}

/// The best of some runs of about 10 milliseconds.
fn best(operations: f64, mut run: impl FnMut()) -> f64 {
    let times = ((2e8 / operations) as usize).max(1);
    let mut best = f64::MAX;
    for _ in 0..25 {
        let start = Instant::now();
        (0..times).for_each(|_| run());
        best = best.min(start.elapsed().as_secs_f64() / times as f64);
    }
    operations / best / 1e9
}
