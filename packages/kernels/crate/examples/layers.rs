//! Nanoseconds per element of the kernels beside the products: `cargo run --release --no-default-features --example layers [threads]`

use llm_kernels::cross_entropy::{self, Options};
use llm_kernels::linear_cross_entropy::{Gradients, Inputs, linear_cross_entropy};
use llm_kernels::product::Compute;
use llm_kernels::swiglu::Layout;
use llm_kernels::{dropout, embedding, gelu, instructions, layer_norm, pool, rms_norm, swiglu};
use std::time::Instant;

fn main() {
    let threads = std::env::args().nth(1).and_then(|threads| threads.parse().ok()).unwrap_or(1);
    pool::set_threads(threads);
    for (rows, width) in [(768, 128), (1024, 384), (256, 768)] {
        let n = rows * width;
        println!("{rows} x {width}, {}, {threads} threads, ns per element", instructions::in_use().name());
        let (x, dy, gain) = (numbers(n), numbers(n), numbers(width));
        let (mut y, mut dx) = (vec![0.0; n], vec![0.0; n]);
        let (mut mean, mut inverse) = (vec![0.0; rows], vec![0.0; rows]);
        let (mut d_gain, mut d_bias) = (vec![0.0; width], vec![0.0; width]);
        report("layer norm", n, || layer_norm::forward(&x, &gain, Some(&gain), 1e-5, &mut y, &mut mean, &mut inverse));
        let saved = layer_norm::Saved { dy: &dy, x: &x, gain: &gain, mean: &mean, inverse: &inverse };
        report("layer norm gradient", n, || layer_norm::backward(&saved, &mut dx, &mut d_gain, Some(&mut d_bias)));
        report("rms norm", n, || rms_norm::forward(&x, &gain, 1e-5, &mut y, &mut inverse));
        let saved = rms_norm::Saved { dy: &dy, x: &x, gain: &gain, inverse: &inverse };
        report("rms norm gradient", n, || rms_norm::backward(&saved, &mut dx, &mut d_gain));
        for tanh in [true, false] {
            let name = if tanh { "gelu, tanh" } else { "gelu, exact" };
            report(name, n, || gelu::forward(&x, tanh, &mut y));
            report(&format!("{name}, gradient"), n, || gelu::backward(&dy, &x, tanh, &mut dx));
        }
        let layout = Layout { start: 0, stride: width };
        let (gate, up) = ((&x[..], layout), (&dy[..], layout));
        report("swiglu", n, || swiglu::forward(gate, up, width, &mut y));
        let mut d_up = vec![0.0; n];
        report("swiglu gradient", n, || swiglu::backward(&dy, gate, up, width, &mut dx, &mut d_up));
        report("dropout", n, || dropout::dropout(&x, 0.1, 1.0 / 0.9, (1, 2), &mut y));
        let ids: Vec<i32> = (0..rows).map(|i| (i * i % 65) as i32).collect();
        let mut table = numbers(65 * width);
        report("embedding", n, || embedding::gather(&table, &ids, None, width, &mut y));
        report("embedding gradient", n, || embedding::scatter_add(&dy, &ids, width, &mut table, None));
        report("cross-entropy", n, || {
            let options = Options { ignored: -1, z_loss: 0.0 };
            cross_entropy::forward(&x, &ids, options, &mut mean);
        });
        report("cross-entropy gradient", n, || {
            let options = Options { ignored: -1, z_loss: 0.0 };
            cross_entropy::backward(&x, &ids, options, &mean, 0.1, &mut dx);
        });
    }
    for (rows, width, vocabulary) in [(768, 128, 65), (1024, 384, 65), (256, 768, 50_257)] {
        let (x, weight) = (numbers(rows * width), numbers(vocabulary * width));
        let targets: Vec<i32> = (0..rows).map(|i| (i * i % vocabulary) as i32).collect();
        let (mut dx, mut d_weight) = (vec![0.0; x.len()], vec![0.0; weight.len()]);
        let work = (6 * rows * width * vocabulary) as f64;
        for (compute, of) in [(Compute::F32, "float32"), (Compute::Bf16, "bfloat16")] {
            let best = best(|| {
                let inputs = Inputs {
                    x: &x,
                    weight: &weight,
                    targets: &targets,
                    width,
                    vocabulary,
                    ignored: -1,
                    z_loss: 0.0,
                    scale: 1.0,
                    compute,
                };
                linear_cross_entropy(&inputs, Some(Gradients { dx: &mut dx, d_weight: &mut d_weight }));
            });
            println!(
                "linear cross-entropy {rows} x {width}, {vocabulary}, {of}: {:.3} ms, {:.1} GFLOP/s",
                best * 1e3,
                work / best / 1e9
            );
        }
    }
}

fn report(name: &str, elements: usize, f: impl FnMut()) {
    println!("{name:>24} {:7.3}", best(f) / elements as f64 * 1e9);
}

fn best(mut f: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut best = f64::INFINITY;
    let mut rounds = 0;
    while rounds < 3 || (begin.elapsed().as_secs_f64() < 0.15 && rounds < 10_000) {
        let start = Instant::now();
        f();
        best = best.min(start.elapsed().as_secs_f64());
        rounds += 1;
    }
    best
}

/// Numbers that look like activations.
fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i as f32) * 12.9898).sin() * 2.0).collect()
}
