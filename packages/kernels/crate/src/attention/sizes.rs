//! Who sees whom, and how the work is cut.

use super::keep::Keep;
use std::ops::Range;

/// `q` is [batch, queries, heads * size], `k` and `v` [batch, keys, kv_heads * size].
#[derive(Clone, Copy)]
pub struct Sizes {
    pub batch: usize,
    pub queries: usize,
    pub keys: usize,
    pub heads: usize,
    /// Divides `heads`: so many query heads after each other share keys and values.
    pub kv_heads: usize,
    pub size: usize,
    /// A query sees no keys after its own position; the last query stands at the last key.
    pub causal: bool,
    /// A query sees only keys nearer than this.
    pub window: Option<usize>,
    pub scale: f32,
    pub dropout: Option<Keep>,
}

impl Sizes {
    /// The keys that a query sees.
    pub fn visible(&self, query: usize) -> Range<usize> {
        // Without a mask there may be fewer keys than queries; positions then mean nothing.
        let position = (query + self.keys).saturating_sub(self.queries);
        let first = self.window.map_or(0, |window| (position + 1).saturating_sub(window));
        let end = if self.causal { position + 1 } else { self.keys };
        first..self.window.map_or(end, |window| end.min(position.saturating_add(window)))
    }

    /// The head of keys and values that a query head uses.
    pub fn kv_head(&self, head: usize) -> usize {
        head / (self.heads / self.kv_heads)
    }

    /// Into how many ranges the queries of a head are cut: by sizes alone, so that results do not depend on the
    /// number of threads.
    pub fn parts(&self) -> usize {
        const TASKS: usize = 8;
        const LEAST: usize = 256;
        let heads = (self.batch * self.heads).max(1);
        TASKS.div_ceil(heads).min(self.queries / LEAST).max(1)
    }

    /// The queries of task `index`; later ones see more keys and come first, so that threads end together.
    pub fn task(&self, index: usize) -> Queries {
        let parts = self.parts();
        let heads = self.batch * self.heads;
        let (part, head) = (parts - 1 - index / heads, index % heads);
        let length = self.queries.div_ceil(parts);
        let (start, end) = (self.queries.min(part * length), self.queries.min((part + 1) * length));
        Queries { sequence: head / self.heads, head: head % self.heads, part, range: start..end }
    }
}

/// Some queries of one head of one sequence. Rows are counted from the first of them.
pub struct Queries {
    pub sequence: usize,
    pub head: usize,
    pub part: usize,
    pub range: Range<usize>,
}

impl Queries {
    pub fn len(&self) -> usize {
        self.range.len()
    }

    /// The times of these rows.
    pub fn times(&self, rows: &Range<usize>) -> Range<usize> {
        self.range.start + rows.start..self.range.start + rows.end
    }

    /// The keys that any of these queries sees.
    pub fn seen(&self, sizes: &Sizes) -> Range<usize> {
        if self.range.is_empty() {
            return 0..0;
        }
        sizes.visible(self.range.start).start..sizes.visible(self.range.end - 1).end
    }

    /// The keys of a chunk that a row sees, counted from its start: never earlier ones than the row before.
    pub fn visible(&self, sizes: &Sizes, row: usize, chunk: &Range<usize>) -> Range<usize> {
        let Range { start, end } = sizes.visible(self.range.start + row);
        let within = |key: usize| key.clamp(chunk.start, chunk.end) - chunk.start;
        within(start)..within(end)
    }

    /// The number of this head in [batch, heads].
    pub fn head_number(&self, sizes: &Sizes) -> usize {
        self.sequence * sizes.heads + self.head
    }

    /// The number of a weight in [batch, heads, queries, keys].
    pub fn weight_number(&self, sizes: &Sizes, row: usize, key: usize) -> usize {
        (self.head_number(sizes) * sizes.queries + self.range.start + row) * sizes.keys + key
    }
}

/// Ranges of `length` that make up a range.
pub fn pieces(range: Range<usize>, length: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(length).map(move |start| start..end.min(start + length))
}
