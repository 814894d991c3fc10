use super::part::Part;
use super::tile::Start;
use super::*;
use crate::pool;
use crate::testing::{close, numbers, with_every_instruction_set};
use std::ptr::null;

const SHAPES: [(usize, usize, usize, usize); 18] = [
    (1, 1, 1, 1),
    (3, 2, 5, 7),
    (0, 2, 5, 7),
    (2, 0, 5, 7),
    (2, 3, 0, 7),
    (1, 65, 33, 17),
    (2, 1, 129, 64),
    (1, 1, 517, 391),
    (1, 2, 67, 800),
    (1, 2000, 300, 0),
    (24, 64, 32, 64),
    (3, 64, 64, 32),
    (1, 13, 1031, 401),
    (1, 97, 769, 131),
    (1, 128, 512, 768),
    (1, 67, 65, 3301),
    (1, 18, 4099, 389),
    (2, 151, 173, 389),
];

fn shapes() -> impl Iterator<Item = (usize, usize, usize, usize)> {
    SHAPES.into_iter().filter(|(batch, m, n, k)| is_few(batch * m * n * k))
}

/// Up to LLM_KERNELS_TEST_MULTIPLICATIONS, if it is set: an emulated processor takes minutes for the largest.
fn is_few(multiplications: usize) -> bool {
    let most = std::env::var("LLM_KERNELS_TEST_MULTIPLICATIONS").ok();
    multiplications <= most.map_or(usize::MAX, |most| most.parse().unwrap())
}

/// One product, however its operands are stored.
struct Case {
    sizes: Sizes,
    transposed: (bool, bool),
    shared: (bool, bool),
    a: Vec<f32>,
    b: Vec<f32>,
    compute: Compute,
}

impl Case {
    fn new((batch, m, n, k): (usize, usize, usize, usize), bits: usize, compute: Compute) -> Case {
        let shared = (bits & 4 > 0, bits & 8 > 0);
        let count = |shared| if shared { 1 } else { batch };
        let (a, b) = (numbers(count(shared.0) * m * k, 1), numbers(count(shared.1) * k * n, 2));
        Case { sizes: Sizes { batch, m, n, k }, transposed: (bits & 1 > 0, bits & 2 > 0), shared, a, b, compute }
    }

    fn product(&self) -> Product<'_> {
        let a = Operand { data: &self.a, transposed: self.transposed.0, shared: self.shared.0 };
        let b = Operand { data: &self.b, transposed: self.transposed.1, shared: self.shared.1 };
        Product { compute: self.compute, ..Product::new(self.sizes, a, b) }
    }

    fn run(&self) -> Vec<f32> {
        let mut c = vec![f32::NAN; self.sizes.batch * self.sizes.m * self.sizes.n];
        self.product().run(&mut c, None);
        c
    }

    /// In double precision, of operands rounded where they are.
    fn expected(&self) -> Vec<f64> {
        let round = if self.compute == Compute::Bf16 { to_bfloat16 } else { f64::from };
        let Sizes { batch, m, n, k } = self.sizes;
        let mut c = vec![0.0; batch * m * n];
        for index in 0..batch {
            let a = if self.shared.0 { &self.a[..] } else { &self.a[index * m * k..] };
            let b = if self.shared.1 { &self.b[..] } else { &self.b[index * k * n..] };
            let x = |i: usize, p: usize| round(a[if self.transposed.0 { p * m + i } else { i * k + p }]);
            let y = |p: usize, j: usize| round(b[if self.transposed.1 { j * k + p } else { p * n + j }]);
            // b row by row first: its elements are used m times.
            let b: Vec<f64> = (0..k * n).map(|at| y(at / n, at % n)).collect();
            for i in 0..m {
                let row = &mut c[(index * m + i) * n..][..n];
                for p in 0..k {
                    let x = x(i, p);
                    row.iter_mut().zip(&b[p * n..]).for_each(|(c, y)| *c += x * y);
                }
            }
        }
        c
    }
}

/// To nearest, ties to even, in arithmetic instead of bits.
fn to_bfloat16(x: f32) -> f64 {
    if x == 0.0 {
        return 0.0;
    }
    let unit = 2f64.powi(f64::from(x).abs().log2().floor() as i32 - 7);
    (f64::from(x) / unit).round_ties_even() * unit
}

fn all_close(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).for_each(|(&found, &expected)| close(found, expected, tolerance));
}

#[test]
fn products_agree_with_loops() {
    for compute in [Compute::F32, Compute::Bf16] {
        for shape in shapes() {
            for bits in 0..if shape.0 > 1 { 16 } else { 4 } {
                let case = Case::new(shape, bits, compute);
                let expected = case.expected();
                with_every_instruction_set(|_| all_close(&case.run(), &expected, 3e-5));
            }
        }
    }
}

#[test]
fn bfloat16_products_of_any_size_agree_with_loops() {
    // Around the sizes of tiles, of what a task does and of a piece of k.
    let sizes = [1, 17, 32, 33, 65];
    for (m, n) in sizes.iter().flat_map(|&m| sizes.map(|n| (m, n))) {
        for k in [1, 33, 64, 545].into_iter().filter(|k| is_few(m * n * k)) {
            for bits in 0..4 {
                let case = Case::new((1, m, n, k), bits, Compute::Bf16);
                let expected = case.expected();
                with_every_instruction_set(|_| all_close(&case.run(), &expected, 3e-5));
            }
        }
    }
}

#[test]
fn bfloat16_products_with_more_lines_than_are_packed_at_one_time_agree_with_loops() {
    let (m, n, k) = (650, 1300, 513);
    if is_few(m * n * k) {
        let case = Case::new((1, m, n, k), 0, Compute::Bf16);
        let expected = case.expected();
        with_every_instruction_set(|_| all_close(&case.run(), &expected, 3e-5));
    }
}

#[test]
fn what_follows_the_product_agrees_with_loops() {
    for (shape, compute) in shapes().flat_map(|shape| [(shape, Compute::F32), (shape, Compute::Bf16)]) {
        let case = Case::new(shape, 0, compute);
        let products = case.expected();
        let n = case.sizes.n;
        let (bias, residual) = (numbers(n, 3), numbers(products.len(), 4));
        for activation in [None, Some(Activation::Gelu), Some(Activation::GeluTanh)] {
            for bits in 0..8 {
                let (with_bias, with_residual, with_hidden) = (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0);
                let factor = if with_hidden { 0.5 } else { 1.0 };
                let sums: Vec<f64> = (0..products.len())
                    .map(|i| f64::from(factor) * products[i] + if with_bias { f64::from(bias[i % n]) } else { 0.0 })
                    .collect();
                let expected: Vec<f64> = (0..products.len())
                    .map(|i| {
                        let residual = if with_residual { f64::from(residual[i]) } else { 0.0 };
                        activation.map_or(sums[i], |activation| gelu(sums[i], activation)) + residual
                    })
                    .collect();
                with_every_instruction_set(|_| {
                    let mut c = vec![f32::NAN; products.len()];
                    let mut hidden = c.clone();
                    let with_hidden = with_hidden && activation.is_some();
                    Product {
                        factor,
                        bias: with_bias.then_some(&bias),
                        activation,
                        residual: with_residual.then_some(&residual),
                        ..case.product()
                    }
                    .run(&mut c, with_hidden.then_some(&mut hidden[..]));
                    all_close(&c, &expected, 3e-5);
                    if with_hidden {
                        all_close(&hidden, &sums, 3e-5);
                    }
                });
            }
        }
    }
}

fn gelu(x: f64, activation: Activation) -> f64 {
    let u = match activation {
        Activation::GeluTanh => {
            return x / 2.0 * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh());
        }
        Activation::Gelu => x * std::f64::consts::FRAC_1_SQRT_2,
    };
    if u.abs() > 6.0 {
        return if x > 0.0 { x } else { 0.0 };
    }
    let (mut term, mut total) = (u, u);
    for n in 1..300 {
        term *= 2.0 * u * u / (2.0 * f64::from(n) + 1.0);
        total += term;
    }
    x * (0.5 + total * (-u * u).exp() / std::f64::consts::PI.sqrt())
}

#[test]
fn a_product_can_be_added() {
    for (shape, compute) in shapes().flat_map(|shape| [(shape, Compute::F32), (shape, Compute::Bf16)]) {
        for bits in 0..4 {
            let case = Case::new(shape, bits, compute);
            let before = numbers(case.sizes.batch * case.sizes.m * case.sizes.n, 5);
            let expected: Vec<f64> =
                case.expected().iter().zip(&before).map(|(c, &before)| c + f64::from(before)).collect();
            with_every_instruction_set(|_| {
                let mut c = before.clone();
                Product { add: true, ..case.product() }.run(&mut c, None);
                all_close(&c, &expected, 3e-5);
            });
        }
    }
}

#[test]
fn views_with_strides_are_multiplied() {
    for (m, n, k) in [(1, 1, 1), (5, 7, 3), (64, 64, 32), (64, 32, 64), (31, 33, 65), (150, 70, 401), (1, 100, 9)] {
        // Every second row of a, three columns apart in b, rows of c with room between.
        let (a, b) = (numbers(2 * m * k, 1), numbers(3 * k * n, 2));
        let c_row = n + 3;
        for add in [false, true] {
            with_every_instruction_set(|_| {
                let mut c = vec![0.25; m * c_row];
                let a_view = View { data: a.as_ptr(), row: 2 * k, column: 1 };
                let b_view = View { data: b.as_ptr(), row: 3 * n, column: 3 };
                // SAFETY: the views lie within the vectors.
                unsafe {
                    let c = c.as_mut_ptr();
                    let matrix = if add { c.cast_const() } else { null() };
                    let start = Start { row: null(), matrix, matrix_row: c_row };
                    Part { m, n, k, a: a_view, b: b_view, c, c_row, start, factor: 2.0 }.run(Compute::F32);
                }
                for i in 0..m {
                    for j in 0..c_row {
                        let product = |p: usize| f64::from(a[i * 2 * k + p]) * f64::from(b[p * 3 * n + 3 * j]);
                        let expected = if j >= n {
                            0.25
                        } else {
                            2.0 * (0..k).map(product).sum::<f64>() + if add { 0.25 } else { 0.0 }
                        };
                        close(c[i * c_row + j], expected, 3e-5);
                    }
                }
            });
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for shape in [(1, 97, 769, 131), (1, 128, 512, 768), (24, 64, 32, 64), (1, 13, 1031, 401), (1, 67, 65, 3301)] {
        for bits in 0..8 {
            let case = Case::new(shape, bits % 4, if bits < 4 { Compute::F32 } else { Compute::Bf16 });
            with_every_instruction_set(|_| {
                let found = [1, 2, 3].map(|threads| {
                    pool::set_threads(threads);
                    case.run().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
                });
                pool::set_threads(pool::default_threads());
                assert!(found[0] == found[1] && found[0] == found[2]);
            });
        }
    }
}

#[test]
fn an_element_has_the_same_bits_in_every_tile() {
    // The product of a part of the rows and columns is that part of the product.
    let (m, n, k) = (41, 77, 413);
    let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
    let check = |compute: Compute| {
        let product = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
            let mut c = vec![f32::NAN; rows.len() * columns.len()];
            let a = View { data: a[rows.start * k..].as_ptr(), row: k, column: 1 };
            let b = View { data: b[columns.start..].as_ptr(), row: n, column: 1 };
            // SAFETY: the views lie within the vectors.
            unsafe {
                let (m, n, c) = (rows.len(), columns.len(), c.as_mut_ptr());
                let start = Start { row: null(), matrix: null(), matrix_row: 0 };
                Part { m, n, k, a, b, c, c_row: n, start, factor: 1.0 }.run(compute);
            }
            c
        };
        let whole = product(0..m, 0..n);
        for (rows, columns) in [(3..4, 5..77), (0..5, 0..9), (7..38, 13..14), (1..41, 2..65)] {
            let part = product(rows.clone(), columns.clone());
            for (at, value) in part.iter().enumerate() {
                let (i, j) = (rows.start + at / columns.len(), columns.start + at % columns.len());
                assert_eq!(value.to_bits(), whole[i * n + j].to_bits());
            }
        }
    };
    with_every_instruction_set(|_| {
        check(Compute::F32);
        check(Compute::Bf16);
    });
}
