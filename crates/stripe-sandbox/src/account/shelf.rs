//! Objects of one kind, in the order they were made, found by their id and listed like Stripe does.

use std::collections::HashMap;

use super::refusal::{Place, Refusal};

/// What has an id and a time it was made.
pub(crate) trait Keyed {
    /// What Stripe calls the kind of thing, in its errors.
    const KIND: &'static str;

    fn id(&self) -> &str;

    /// In seconds.
    fn created(&self) -> i64;
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) created: Span,
}

/// Next to which object a part of a list lies. Lists run from the newest to the oldest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cursor {
    StartingAfter(String),
    EndingBefore(String),
}

/// A span of seconds, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Span {
    pub(crate) const ALWAYS: Self = Self {
        from: i64::MIN,
        to: i64::MAX,
    };

    const fn covers(self, second: i64) -> bool {
        self.from <= second && second <= self.to
    }
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Excerpt<'a, T> {
    pub(crate) items: Vec<&'a T>,
    pub(crate) has_more: bool,
}

/// Objects of one kind.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T: Keyed> Shelf<T> {
    pub(crate) fn new() -> Self {
        Self {
            items: Vec::new(),
            places: HashMap::new(),
        }
    }

    pub(crate) fn put(&mut self, item: T) {
        self.places.insert(item.id().to_owned(), self.items.len());
        self.items.push(item);
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        self.items.get(*self.places.get(id)?)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut T> {
        self.items.get_mut(*self.places.get(id)?)
    }

    /// The object of that id, or the refusal that Stripe gives for want of it.
    pub(crate) fn named(&self, id: &str, place: Place) -> Result<&T, Refusal> {
        self.find(id).ok_or_else(|| Self::missing(id, place))
    }

    pub(crate) fn named_mut(&mut self, id: &str, place: Place) -> Result<&mut T, Refusal> {
        self.find_mut(id).ok_or_else(|| Self::missing(id, place))
    }

    fn missing(id: &str, place: Place) -> Refusal {
        Refusal::NotFound {
            kind: T::KIND,
            id: id.to_owned(),
            place,
        }
    }

    /// The oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter()
    }

    /// The newest first, those that match.
    pub(crate) fn excerpt(
        &self,
        window: &Window,
        matches: impl Fn(&T) -> bool,
    ) -> Result<Excerpt<'_, T>, Refusal> {
        let fits = |item: &&T| window.created.covers(item.created()) && matches(item);
        // One more than asked for tells whether there is more.
        let enough = window.limit.saturating_add(1);
        let mut items: Vec<&T> = match &window.cursor {
            None => self.items.iter().rev().filter(fits).take(enough).collect(),
            Some(Cursor::StartingAfter(id)) => {
                let place = self.place(id, "starting_after")?;
                let older = self.items.iter().take(place).rev();
                older.filter(fits).take(enough).collect()
            }
            Some(Cursor::EndingBefore(id)) => {
                let place = self.place(id, "ending_before")?;
                let newer = self.items.iter().skip(place).skip(1);
                newer.filter(fits).take(enough).collect()
            }
        };
        let has_more = items.len() > window.limit;
        items.truncate(window.limit);
        if let Some(Cursor::EndingBefore(_)) = window.cursor {
            items.reverse();
        }
        Ok(Excerpt { items, has_more })
    }

    fn place(&self, id: &str, parameter: &'static str) -> Result<usize, Refusal> {
        let place = self.places.get(id).copied();
        place.ok_or_else(|| Self::missing(id, Place::Parameter(parameter)))
    }
}

#[cfg(test)]
mod tests;
