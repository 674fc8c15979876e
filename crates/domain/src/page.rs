//! Keyset paging: a page is "up to so many, after this position", so that it costs the same at any
//! depth and nothing is repeated or skipped while rows are inserted.

/// Most items of a page: 1 to 100, 20 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u8);

impl PageLimit {
    /// The largest page.
    pub const MAX: Self = Self(100);

    /// The limit, if it is in range.
    #[must_use]
    pub fn new(limit: i64) -> Option<Self> {
        u8::try_from(limit)
            .ok()
            .filter(|limit| (1..=Self::MAX.0).contains(limit))
            .map(Self)
    }

    /// The plain number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(20)
    }
}

/// Request for the page after the item at `after`, or for the first page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<P> {
    /// Position of the last item of the page before; `None` for the first page.
    pub after: Option<P>,
    /// Most items of the page.
    pub limit: PageLimit,
}

impl<P> Default for PageRequest<P> {
    fn default() -> Self {
        Self {
            after: None,
            limit: PageLimit::default(),
        }
    }
}

/// A page of a list, and the position at which the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, P> {
    /// Items in the requested order.
    pub items: Vec<T>,
    /// Position of the last item; `None` when no more follow.
    pub next: Option<P>,
}

impl<T, P> Page<T, P> {
    /// Makes a page of up to `limit + 1` items: the surplus one only shows that more follow.
    #[must_use]
    pub fn from_surplus(mut items: Vec<T>, limit: PageLimit, position: impl Fn(&T) -> P) -> Self {
        let most = usize::from(limit.get());
        let more = items.len() > most;
        items.truncate(most);
        let next = if more {
            items.last().map(position)
        } else {
            None
        };
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(count: i64, limit: i64) -> Page<i64, i64> {
        Page::from_surplus(
            (1..=count).collect(),
            PageLimit::new(limit).unwrap(),
            |item| *item,
        )
    }

    #[test]
    fn a_surplus_item_is_cut_and_points_on() {
        assert_eq!(
            page(4, 3),
            Page {
                items: vec![1, 2, 3],
                next: Some(3)
            }
        );
    }

    #[test]
    fn the_last_page_points_nowhere() {
        assert_eq!(page(3, 3).next, None);
        assert_eq!(
            page(0, 3),
            Page {
                items: vec![],
                next: None
            }
        );
    }

    #[test]
    fn a_page_holds_one_to_a_hundred_items() {
        assert_eq!(PageLimit::new(0), None);
        assert_eq!(PageLimit::new(100), Some(PageLimit::MAX));
        assert_eq!(PageLimit::new(101), None);
        assert_eq!(PageLimit::default().get(), 20);
    }
}
