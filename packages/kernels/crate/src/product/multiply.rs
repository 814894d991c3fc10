use super::View;

/// `c = factor * a b`, or `c += factor * a b` when `add`, on this thread: `a` is [m, k], `b` [k, n], `c` [m, n] with
/// rows `c_row` apart.
///
/// # Safety
/// The matrices must lie in memory that is readable (a, b) and writable (c), and c may not overlap a or b.
pub unsafe fn multiply(
    m: usize,
    n: usize,
    k: usize,
    a: View,
    b: View,
    c: *mut f32,
    c_row: usize,
    factor: f32,
    add: bool,
) {
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        if !add {
            // SAFETY: within c.
            (0..m).for_each(|i| unsafe { std::slice::from_raw_parts_mut(c.add(i * c_row), n).fill(0.0) });
        }
        return;
    }
    // SAFETY: as the caller promises.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c,
            1,
            c_row as isize,
            add,
            a.data,
            a.column as isize,
            a.row as isize,
            b.data,
            b.column as isize,
            b.row as isize,
            1.0,
            factor,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
