//! Which attention weights dropout keeps.

use super::scores::CHUNK;
use crate::dropout::{BITS, threefry};
use crate::simd::multiversion;

/// Dropout of the weights: number i of the key, as in [`crate::dropout`], decides about element i of
/// [batch, nHeads, query, key].
#[derive(Clone, Copy)]
pub struct Keep {
    pub rate: f32,
    /// 1 / (1 - rate)
    pub scale: f32,
    pub key: (u32, u32),
}

/// Blocks made at a time, two numbers each.
const BLOCKS: usize = 16;

/// The most factors made at a time, those of a chunk of keys, and one more.
pub const ROOM: usize = (CHUNK + 1).next_multiple_of(2 * BLOCKS);

multiversion! {
    /// 0 or `scale` for the `n` elements from `first`, at most CHUNK, at the start of the buffer, of ROOM.
    pub fn factors(keep: Keep, first: usize, n: usize, buffer: &mut [f32]) {
        // A block has two numbers, so factors start at an even one.
        let (block, odd) = ((first / 2) as u32, first % 2);
        for (i, out) in buffer[..(n + odd).next_multiple_of(2 * BLOCKS)].chunks_exact_mut(2 * BLOCKS).enumerate() {
            let mut words = [[0u32; BLOCKS]; 2];
            for lane in 0..BLOCKS {
                let counter = block.wrapping_add((i * BLOCKS + lane) as u32);
                let (a, b) = threefry(keep.key.0, keep.key.1, counter, BITS);
                words[0][lane] = a;
                words[1][lane] = b;
            }
            for lane in 0..2 * BLOCKS {
                let number = (words[lane % 2][lane / 2] >> 8) as f32 / (1 << 24) as f32;
                out[lane] = if number < keep.rate { 0.0 } else { keep.scale };
            }
        }
        buffer.copy_within(odd..odd + n, 0);
    }
}
