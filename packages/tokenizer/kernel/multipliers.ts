// Odd numbers of 64 bits without a pattern, for hashes: the fraction of the golden ratio, and one of xxHash's primes.

export const GOLDEN: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15
export const PRIME: u64 = ((<u64>0xc2b2ae3d) << 32) | 0x27d4eb4f
