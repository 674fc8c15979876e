//! Keyset pages, newest first.

use udam_domain::page::PageLimit;
use uuid::Uuid;

/// The id that a page lies before. For the first page it is the largest there is, so that one statement
/// serves all pages, along one index.
pub(crate) fn before(after: Option<Uuid>) -> Uuid {
    after.unwrap_or(Uuid::max())
}

/// The number of rows to read for a page: one more than it holds shows whether another page follows.
pub(crate) fn limit_plus_one(limit: PageLimit) -> i64 {
    i64::from(limit.get()) + 1
}
