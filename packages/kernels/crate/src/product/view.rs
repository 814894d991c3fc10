/// A matrix in memory: element (i, j) lies at `data + i * row + j * column`.
#[derive(Clone, Copy)]
pub struct View {
    pub data: *const f32,
    pub row: usize,
    pub column: usize,
}

impl View {
    /// The element (i, j) becomes element (0, 0).
    pub fn from(self, i: usize, j: usize) -> View {
        View { data: self.data.wrapping_add(i * self.row + j * self.column), ..self }
    }

    pub fn transposed(self) -> View {
        View { data: self.data, row: self.column, column: self.row }
    }
}
