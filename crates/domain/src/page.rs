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

/// Most bytes of text that the items of a page have together, unless it is a page of one item: a hundred listings of a
/// kilobyte each fit, and two with the longest description in four-byte characters.
pub const MAX_PAGE_TEXT: usize = 96 * 1024;

/// Request for the page after the item at `after`, or for the first page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<P> {
    /// Position of the last item of the page before; `None` for the first page.
    pub after: Option<P>,
    /// Most items of the page. It may have fewer though others follow, see [`Page::of_long_items`].
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
    pub fn from_surplus(items: Vec<T>, limit: PageLimit, position: impl Fn(&T) -> P) -> Self {
        Self::up_to(usize::from(limit.get()), items, position)
    }

    /// As [`from_surplus`](Self::from_surplus), of items that differ widely in length: the page ends early, before the
    /// item with which its text would exceed [`MAX_PAGE_TEXT`]. It has one item at least, if there is one.
    #[must_use]
    pub fn of_long_items(
        items: Vec<T>,
        limit: PageLimit,
        text_length: impl Fn(&T) -> usize,
        position: impl Fn(&T) -> P,
    ) -> Self {
        let mut length: usize = 0;
        let fitting = items.iter().take_while(|item| {
            length = length.saturating_add(text_length(item));
            length <= MAX_PAGE_TEXT
        });
        let most = fitting.count().max(1).min(limit.get().into());
        Self::up_to(most, items, position)
    }

    fn up_to(most: usize, mut items: Vec<T>, position: impl Fn(&T) -> P) -> Self {
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
    use proptest::prelude::*;

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

    /// The page after the first `after` items, which are texts of these lengths.
    fn page_of_texts(lengths: &[usize], after: usize, limit: PageLimit) -> Page<usize, usize> {
        let rest = lengths.iter().copied().enumerate().skip(after);
        let read = rest.take(usize::from(limit.get()).saturating_add(1));
        let page = Page::of_long_items(
            read.collect(),
            limit,
            |(_, length)| *length,
            |(index, _)| index.saturating_add(1),
        );
        Page {
            items: page.items.into_iter().map(|(_, length)| length).collect(),
            next: page.next,
        }
    }

    #[test]
    fn a_page_of_long_items_ends_early_and_points_on() {
        let long = MAX_PAGE_TEXT / 2;
        let page = page_of_texts(&[long, long, 1], 0, PageLimit::MAX);
        assert_eq!((page.items, page.next), (vec![long, long], Some(2)));
        let page = page_of_texts(&[MAX_PAGE_TEXT + 1, 1], 0, PageLimit::MAX);
        assert_eq!((page.items.len(), page.next), (1, Some(1)));
        assert_eq!(page_of_texts(&[], 0, PageLimit::MAX).next, None);
    }

    proptest! {
        #[test]
        fn pages_of_long_items_are_bounded_and_together_have_every_item_once(
            lengths in prop::collection::vec(0..=MAX_PAGE_TEXT, 0..40),
            limit in 1_i64..=20,
        ) {
            let limit = PageLimit::new(limit).unwrap();
            let mut read = Vec::new();
            loop {
                let page = page_of_texts(&lengths, read.len(), limit);
                prop_assert!(page.items.len() <= usize::from(limit.get()));
                prop_assert!(page.items.iter().sum::<usize>() <= MAX_PAGE_TEXT);
                read.extend(page.items);
                if page.next.is_none() {
                    break;
                }
                prop_assert_eq!(page.next, Some(read.len()));
            }
            prop_assert_eq!(read, lengths);
        }

        #[test]
        fn short_items_fill_a_page_to_its_limit(count in 0_usize..=120, limit in 1_i64..=100) {
            let limit = PageLimit::new(limit).unwrap();
            let page = page_of_texts(&vec![MAX_PAGE_TEXT / 100; count], 0, limit);
            prop_assert_eq!(page.items.len(), count.min(usize::from(limit.get())));
        }
    }

    #[test]
    fn a_page_holds_one_to_a_hundred_items() {
        assert_eq!(PageLimit::new(0), None);
        assert_eq!(PageLimit::new(100), Some(PageLimit::MAX));
        assert_eq!(PageLimit::new(101), None);
        assert_eq!(PageLimit::default().get(), 20);
    }
}
