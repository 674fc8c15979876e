use udam_domain::page::PageLimit;
use uuid::Uuid;

/// The identifier to come before, on a page of the newest first. For the first page it is the one of
/// all ones, which every other comes before: one statement then serves all pages, by the index alone.
pub(crate) fn before(after: Option<Uuid>) -> Uuid {
    after.unwrap_or(Uuid::max())
}

/// How many rows to ask for: one more than fit, which shows that more follow.
pub(crate) fn surplus(limit: PageLimit) -> i64 {
    i64::from(limit.get()) + 1
}
