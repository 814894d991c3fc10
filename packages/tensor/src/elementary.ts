/**
 * Elementary functions in double precision from +, -, *, / and square roots alone, which IEEE 754 defines to the last bit.
 * Those of Math may differ in their last bit between engines, and with them the numbers of a key.
 */

/** The natural logarithm of a finite x > 0 that is not subnormal. */
export function log(x: number): number {
  bits[0] = x
  const high = words[HIGH] ?? 0
  let exponent = (high >>> 20) - 1023
  words[HIGH] = (high & 0xfffff) | 0x3ff00000
  let m = bits[0]
  if (m > Math.SQRT2) {
    m /= 2
    exponent++
  }
  // log m = 2 atanh(s), |s| < 0.172.
  const s = (m - 1) / (m + 1)
  const square = s * s
  const rest = 2 * s * square * polynomial(ATANH, square)
  return exponent * LN2_HIGH + (2 * s + (rest + exponent * LN2_LOW))
}

/** e^x, for x from -700 to 700. */
export function exp(x: number): number {
  const n = Math.round(x / Math.LN2)
  const r = x - n * LN2_HIGH - n * LN2_LOW
  let sum = 1
  for (let k = 16; k >= 1; k--) sum = 1 + (sum * r) / k
  return sum * powerOfTwo(n)
}

/** The cosine and sine of `turn / 2^32` of a full turn, for integers from 0 to 2^32 - 1. */
export function cosineAndSine(turn: number): [number, number] {
  const eighth = Math.floor(turn / 2 ** 29)
  // The angle from the nearest multiple of a quarter turn, at most an eighth of a turn.
  const quarter = Math.floor((eighth + 1) / 2)
  const angle = (turn - quarter * 2 ** 30) * (Math.PI / 2 ** 31)
  const square = angle * angle
  const cosine = 1 + square * polynomial(COSINE, square)
  const sine = angle + angle * square * polynomial(SINE, square)
  switch (quarter % 4) {
    case 0:
      return [cosine, sine]
    case 1:
      return [-sine, cosine]
    case 2:
      return [-cosine, -sine]
    default:
      return [sine, -cosine]
  }
}

/** The share of a standard normal distribution below x, to 1e-13 of itself for x up to 0. */
export function normalDistribution(x: number): number {
  if (x > 0) return 1 - normalDistribution(-x)
  if (x < -37) return 0
  const density = exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (x > -3) {
    // 1/2 - density (|x| + |x|^3 / 3 + |x|^5 / (3 5) + ...)
    let term = -x
    let sum = term
    for (let n = 3; term > sum * 1e-17; n += 2) {
      term *= (x * x) / n
      sum += term
    }
    return 0.5 - density * sum
  }
  // The continued fraction of the tail: density / (|x| + 1 / (|x| + 2 / (|x| + ...)))
  let fraction = -x
  for (let n = 120; n >= 1; n--) fraction = -x + n / fraction
  return density / fraction
}

/**
 * The x below which the share p of a standard normal distribution lies, to 1e-15 of itself. From 0 to 1 give -Infinity
 * to Infinity. Algorithm AS 241, Wichura 1988, https://doi.org/10.2307/2347330
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q)
  const tail = q < 0 ? p : 1 - p
  if (tail <= 0) return q < 0 ? -Infinity : Infinity
  const r = Math.sqrt(-log(tail))
  const x = r <= 5 ? ratio(MIDDLE, r - 1.6) : ratio(FAR, r - 5)
  return q < 0 ? -x : x
}

type Ratio = readonly [numerator: readonly number[], denominator: readonly number[]]

/** A ratio of polynomials, coefficients from the constant up. */
function ratio([numerator, denominator]: Ratio, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x)
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + (coefficients[i] ?? 0)
  return sum
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}

function powerOfTwo(n: number): number {
  words[HIGH] = (n + 1023) << 20
  words[1 - HIGH] = 0
  return bits[0] ?? 0
}

const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)
const HIGH: number = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0

// Series in the square of their argument: those of atanh(s) / s, cos(x) and sin(x) / x, without their first term.
const ATANH = Array.from({ length: 11 }, (_, i) => 1 / (2 * i + 3))
const COSINE = Array.from({ length: 9 }, (_, i) => (i % 2 === 0 ? -1 : 1) / factorial(2 * i + 2))
const SINE = Array.from({ length: 9 }, (_, i) => (i % 2 === 0 ? -1 : 1) / factorial(2 * i + 3))

// The logarithm of 2 as a number of few bits and the rest.
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

const CENTRE: Ratio = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852854,
  ],
]
const MIDDLE: Ratio = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
]
const FAR: Ratio = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
]
