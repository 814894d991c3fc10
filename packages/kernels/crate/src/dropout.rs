//! Dropout by key: Threefry-2x32-20, Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405

use crate::elementwise::for_pieces;
use crate::memory::Parts;
use crate::simd::multiversion;

/// `y[i] = 0` where number i of the key is below `rate`, `x[i] * scale` elsewhere. Number i is the upper 24 bits of
/// word i mod 2 of the block of counter (i / 2, 2^31), divided by 2^24: the same as `uniform` of @llm/tensor.
pub fn dropout(x: &[f32], rate: f32, scale: f32, key: (u32, u32), y: &mut [f32]) {
    let y_parts = Parts::of(y);
    for_pieces(x.len(), |start, length| {
        // SAFETY: the pieces are apart. They start at even elements.
        dropout_piece(&x[start..][..length], start, rate, scale, key, unsafe { y_parts.part(start, length) });
    });
}

/// The second counter word of a key's numbers.
pub const BITS: u32 = 1 << 31;
const BLOCKS: usize = 16;
const LENGTH: usize = 2 * BLOCKS;

multiversion! {
    pub fn dropout_piece(x: &[f32], start: usize, rate: f32, scale: f32, key: (u32, u32), y: &mut [f32]) {
        // number < rate in multiples of 2^-24: a whole number is below another where it is below the next whole number.
        let threshold = (rate * (1 << 24) as f32).ceil() as i32;
        let words = |index: usize| words(key, ((start + index * LENGTH) / 2) as u32);
        let (x, x_rest) = x.as_chunks::<LENGTH>();
        let (y, y_rest) = y.as_chunks_mut::<LENGTH>();
        for (index, (x, y)) in x.iter().zip(y).enumerate() {
            *y = drop_some(*x, words(index), threshold, scale);
        }
        let mut rest = [0.0; LENGTH];
        rest[..x_rest.len()].copy_from_slice(x_rest);
        let rest = drop_some(rest, words(x.len()), threshold, scale);
        y_rest.copy_from_slice(&rest[..y_rest.len()]);
    }
}

/// On arrays by value: the compiler has to know that x and y are apart.
#[inline(always)]
fn drop_some(mut x: [f32; LENGTH], words: [u32; LENGTH], threshold: i32, scale: f32) -> [f32; LENGTH] {
    for i in 0..LENGTH {
        x[i] = if ((words[i] >> 8) as i32) < threshold { 0.0 } else { x[i] * scale };
    }
    x
}

/// The words of `BLOCKS` blocks from number `first`, in order.
#[inline(always)]
fn words(key: (u32, u32), first: u32) -> [u32; LENGTH] {
    let (mut a, mut b) = ([0u32; BLOCKS], [0u32; BLOCKS]);
    for lane in 0..BLOCKS {
        (a[lane], b[lane]) = threefry(key.0, key.1, first.wrapping_add(lane as u32), BITS);
    }
    // The pairs as 64-bit numbers: vector instructions have that, and no plain way to take turns.
    let mut pairs = [0u64; BLOCKS];
    for lane in 0..BLOCKS {
        let (low, high) = if cfg!(target_endian = "little") { (a[lane], b[lane]) } else { (b[lane], a[lane]) };
        pairs[lane] = u64::from(high) << 32 | u64::from(low);
    }
    // SAFETY: numbers of the same size, of which every value is valid.
    unsafe { std::mem::transmute::<[u64; BLOCKS], [u32; LENGTH]>(pairs) }
}

#[inline(always)]
pub fn threefry(key0: u32, key1: u32, counter0: u32, counter1: u32) -> (u32, u32) {
    const ROTATIONS: [[u32; 4]; 2] = [[13, 15, 26, 6], [17, 29, 16, 24]];
    let keys = [key0, key1, 0x1bd1_1bda ^ key0 ^ key1];
    let mut a = counter0.wrapping_add(key0);
    let mut b = counter1.wrapping_add(key1);
    for group in 0..5 {
        for rotation in ROTATIONS[group % 2] {
            a = a.wrapping_add(b);
            b = b.rotate_left(rotation) ^ a;
        }
        a = a.wrapping_add(keys[(group + 1) % 3]);
        b = b.wrapping_add(keys[(group + 2) % 3]).wrapping_add(group as u32 + 1);
    }
    (a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threefry_gives_the_published_numbers() {
        assert_eq!(threefry(0, 0, 0, 0), (0x6b20_0159, 0x99ba_4efe));
        assert_eq!(threefry(!0, !0, !0, !0), (0x1cb9_96fc, 0xbb00_2be7));
        assert_eq!(threefry(0x1319_8a2e, 0x0370_7344, 0x243f_6a88, 0x85a3_08d3), (0xc492_3a9c, 0x483d_f7a0));
    }

    #[test]
    fn elements_are_dropped_by_their_number() {
        let n = 100_001;
        let x = vec![1.0; n];
        let mut y = vec![9.0; n];
        dropout(&x, 0.25, 4.0 / 3.0, (1, 2), &mut y);
        for (i, &y) in y.iter().enumerate() {
            let (a, b) = threefry(1, 2, (i / 2) as u32, BITS);
            let number = f64::from((if i % 2 == 0 { a } else { b }) >> 8) / f64::from(1 << 24);
            assert_eq!(y, if number < 0.25 { 0.0 } else { 4.0 / 3.0 });
        }
        let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64;
        assert!((dropped / n as f64 - 0.25).abs() < 0.01);
    }
}
