//! Products with blocks of scores, of which only the tiles that hold a visible key are computed.

use super::sizes::{Queries, Sizes, pieces};
use super::tile::{LINE, Line, Tile, lines_of};
use std::ops::Range;

/// Rows of scores held at a time; a multiple of every tile's.
pub const BLOCK: usize = 48;
/// Keys whose scores are held at a time: these and the block's scores stay in the second-level cache.
pub const CHUNK: usize = 256;
/// The distance of rows of scores: a line more, which keeps rows out of each other's way in the cache.
pub const STRIDE: usize = CHUNK + LINE;

const MOST_TILES: usize = BLOCK / 2;

/// The keys of a chunk that each tile of a block sees.
pub struct Spans {
    tile: Tile,
    spans: [Range<usize>; MOST_TILES],
    tiles: usize,
    /// Rows that are no padding.
    rows: usize,
}

impl Spans {
    pub fn of(tile: Tile, sizes: &Sizes, queries: &Queries, block: Range<usize>, chunk: &Range<usize>) -> Spans {
        let tiles = block.len() / tile.rows;
        let spans = std::array::from_fn(|i| {
            let first = block.start + i * tile.rows;
            if i < tiles { queries.span(sizes, first..first + tile.rows, chunk) } else { 0..0 }
        });
        Spans { tile, spans, tiles, rows: queries.len().saturating_sub(block.start).min(block.len()) }
    }

    /// The rows of each tile that are no padding, and the keys that they see.
    pub fn tiles(&self) -> impl Iterator<Item = (Range<usize>, &Range<usize>)> {
        let rows = pieces(0..self.rows, self.tile.rows);
        rows.zip(&self.spans)
    }

    /// The keys that any row sees.
    pub fn all(&self) -> Range<usize> {
        let seen = || self.spans[..self.tiles].iter().filter(|span| !span.is_empty());
        let start = seen().map(|span| span.start).min().unwrap_or(0);
        start..seen().map(|span| span.end).max().unwrap_or(start)
    }

    /// The rows that see any of the keys, to the size of tiles.
    fn rows_of(&self, keys: Range<usize>) -> Range<usize> {
        let sees = |tile: &usize| self.spans[*tile].start < keys.end && keys.start < self.spans[*tile].end;
        let Some(first) = (0..self.tiles).find(sees) else { return 0..0 };
        let last = (first..self.tiles).rfind(sees).unwrap_or(first);
        first * self.tile.rows..((last + 1) * self.tile.rows).min(self.rows)
    }
}

/// `scores = a b` where a has rows of `width` and b panels of `size` lines.
pub fn multiply_by_columns(spans: &Spans, a: &[f32], width: usize, b: &[Line], size: usize, scores: &mut [f32]) {
    let rows = spans.tile.rows;
    for panel in lines_of(&spans.all()) {
        let b = &b[panel * size..][..size];
        for (i, span) in spans.spans[..spans.tiles].iter().enumerate() {
            if !lines_of(span).contains(&panel) {
                continue;
            }
            let a = &a[i * rows * width..][..rows * width];
            let c = &mut scores[i * rows * STRIDE..][..rows * STRIDE];
            // SAFETY: a has a tile's rows of at least `size` elements; the panel lies within the rows of c.
            unsafe { spans.tile.multiply(a.as_ptr(), width, 1, b, c.as_mut_ptr().add(panel * LINE), STRIDE, false) }
        }
    }
}

/// `c = scores b`, or `c += scores b` when `add`, where c has rows of `width` and b panels of CHUNK lines.
pub fn multiply_by_rows(spans: &Spans, scores: &[f32], b: &[Line], c: &mut [f32], width: usize, add: bool) {
    let rows = spans.tile.rows;
    for (panel, b) in b.chunks_exact(CHUNK).enumerate() {
        for (i, span) in spans.spans[..spans.tiles].iter().enumerate() {
            let scores = &scores[i * rows * STRIDE..][..rows * STRIDE];
            let c = &mut c[i * rows * width..][..rows * width];
            // SAFETY: a tile's rows of scores and of c; the span lies within the chunk, the panel within the width.
            unsafe {
                let (a, c) = (scores.as_ptr().add(span.start), c.as_mut_ptr().add(panel * LINE));
                spans.tile.multiply(a, STRIDE, 1, &b[span.clone()], c, width, add);
            }
        }
    }
}

/// `c += scores^T b` where c has rows of `width`, one for each key and a tile more, and b panels of BLOCK lines.
/// Scores must be zero in the lines beside those of a tile's span.
pub fn multiply_transposed(spans: &Spans, scores: &[f32], b: &[Line], c: &mut [f32], width: usize) {
    let (keys, tile) = (spans.all(), spans.tile);
    for key in (keys.start..keys.end).step_by(tile.rows) {
        let rows = spans.rows_of(key..key + tile.rows);
        let c = &mut c[key * width..][..tile.rows * width];
        assert!(rows.end <= BLOCK && key + tile.rows <= STRIDE && scores.len() >= BLOCK * STRIDE);
        for (panel, b) in b.chunks_exact(BLOCK).enumerate() {
            // SAFETY: the rows and columns lie within the scores, as just checked, the panel within the width.
            unsafe {
                let (a, c) = (scores.as_ptr().add(rows.start * STRIDE + key), c.as_mut_ptr().add(panel * LINE));
                tile.multiply(a, 1, STRIDE, &b[rows.clone()], c, width, true);
            }
        }
    }
}
