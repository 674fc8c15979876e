/// A count of units as it is stored. All are far below the largest.
pub(super) fn stored(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A count of bytes or microseconds as it is stored.
pub(super) fn stored_long(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
