//! Columns of rows as parameters.

/// One column of `rows`, as an array parameter for `unnest`.
pub(crate) fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
