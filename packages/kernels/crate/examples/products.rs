//! The speed of products at the sizes of GPT-2 training steps: `cargo run --release --example products`.

use llm_kernels::{pool, product::*};
use std::time::Instant;
fn main() {
    let shapes = [
        ("A fc", false, false, 768, 512, 128),
        ("A proj", false, false, 768, 128, 512),
        ("A dX", false, true, 768, 128, 512),
        ("A dW", true, false, 128, 512, 768),
        ("B fc", false, false, 1024, 1536, 384),
        ("B proj", false, false, 1024, 384, 1536),
        ("B dX", false, true, 1024, 384, 1536),
        ("B dW", true, false, 384, 1536, 1024),
        ("B head", false, true, 1024, 65, 384),
        ("big", false, false, 1024, 1024, 1024),
    ];
    for t in [1, 2] {
        pool::set_threads(t);
        println!("threads {t}");
        for (name, ta, tb, m, n, k) in shapes {
            let a = vec![0.5f32; m * k];
            let b = vec![0.25f32; n * k];
            let mut c = vec![0f32; m * n];
            let mut go = || {
                let a = Operand { data: &a, transposed: ta, shared: false };
                let b = Operand { data: &b, transposed: tb, shared: false };
                Product::new(Sizes { batch: 1, m, n, k }, a, b).run(&mut c, None);
            };
            go();
            let fl = 2.0 * (m * n * k) as f64;
            let reps = ((1e9 / fl) as usize).max(2);
            let mut best = f64::MAX;
            for _ in 0..9 {
                let s = Instant::now();
                for _ in 0..reps {
                    go();
                }
                best = best.min(s.elapsed().as_secs_f64() / reps as f64);
            }
            println!("{name:8} {m}x{k}x{n} {:.1} GFLOP/s", fl / best / 1e9);
        }
    }
}
