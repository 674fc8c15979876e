use std::collections::{BTreeSet, HashMap};

use super::error::{ParamLocation, RequestError};
use crate::model::StripeObject;

/// The part of a list that a request asks for. Lists run from the newest object to the oldest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) created: TimeRange,
}

/// Id of the object next to which a page lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cursor {
    StartingAfter(String),
    EndingBefore(String),
}

/// A range of seconds since 1970, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl TimeRange {
    pub(crate) const UNBOUNDED: Self = Self {
        from: i64::MIN,
        to: i64::MAX,
    };

    const fn contains(self, second: i64) -> bool {
        self.from <= second && second <= self.to
    }
}

/// A page of a list, newest object first.
#[derive(Debug)]
pub(crate) struct Page<'a, T> {
    pub(crate) items: Vec<&'a T>,
    pub(crate) has_more: bool,
}

/// Objects of one type in the order of their creation, found by id and listed by page.
#[derive(Debug)]
pub(crate) struct PagedStore<T> {
    items: Vec<T>,
    /// Index into `items` by id.
    indices: HashMap<String, usize>,
    /// Indices of what was inserted or may have changed; `None` unless changes are tracked.
    changes: Option<BTreeSet<usize>>,
}

impl<T: StripeObject> PagedStore<T> {
    pub(super) fn new() -> Self {
        Self {
            items: Vec::new(),
            indices: HashMap::new(),
            changes: None,
        }
    }

    pub(super) fn track_changes(&mut self) {
        self.changes = Some(BTreeSet::new());
    }

    /// Returns the objects that have been inserted or changed since the last call.
    pub(super) fn take_changes(&mut self) -> Vec<T>
    where
        T: Clone,
    {
        let changes = self.changes.as_mut().map(std::mem::take);
        let changes = changes.unwrap_or_default().into_iter();
        let items = changes.filter_map(|index| self.items.get(index));
        items.cloned().collect()
    }

    pub(super) fn insert(&mut self, item: T) {
        let index = self.items.len();
        self.indices.insert(item.id().to_owned(), index);
        self.items.push(item);
        self.mark(index);
    }

    fn mark(&mut self, index: usize) {
        if let Some(changes) = &mut self.changes {
            changes.insert(index);
        }
    }

    /// Takes in an object of an earlier store, in place of one with the same id.
    pub(super) fn restore(&mut self, item: T) {
        match self.find_mut(item.id()) {
            Some(earlier) => *earlier = item,
            None => self.insert(item),
        }
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        self.items.get(*self.indices.get(id)?)
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut T> {
        let index = *self.indices.get(id)?;
        self.mark(index);
        self.items.get_mut(index)
    }

    /// Finds an object, or fails with Stripe's error about its id in the request.
    pub(crate) fn get(&self, id: &str, location: ParamLocation) -> Result<&T, RequestError> {
        self.find(id).ok_or_else(|| Self::not_found(id, location))
    }

    /// As [`PagedStore::get`].
    pub(super) fn get_mut(
        &mut self,
        id: &str,
        location: ParamLocation,
    ) -> Result<&mut T, RequestError> {
        self.find_mut(id)
            .ok_or_else(|| Self::not_found(id, location))
    }

    fn not_found(id: &str, location: ParamLocation) -> RequestError {
        RequestError::NotFound {
            object_type: T::TYPE,
            id: id.to_owned(),
            location,
        }
    }

    /// All objects, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter()
    }

    /// Returns a page of the objects that `filter` accepts.
    pub(crate) fn page(
        &self,
        request: &PageRequest,
        filter: impl Fn(&T) -> bool,
    ) -> Result<Page<'_, T>, RequestError> {
        let matches = |item: &&T| request.created.contains(item.created()) && filter(item);
        // One object past the limit shows that there are more.
        let take = request.limit.saturating_add(1);
        let mut items: Vec<&T> = match &request.cursor {
            None => self.items.iter().rev().filter(matches).take(take).collect(),
            Some(Cursor::StartingAfter(id)) => {
                let index = self.index(id, "starting_after")?;
                let older = self.items.iter().take(index).rev();
                older.filter(matches).take(take).collect()
            }
            Some(Cursor::EndingBefore(id)) => {
                let index = self.index(id, "ending_before")?;
                let newer = self.items.iter().skip(index).skip(1);
                newer.filter(matches).take(take).collect()
            }
        };
        let has_more = items.len() > request.limit;
        items.truncate(request.limit);
        if let Some(Cursor::EndingBefore(_)) = request.cursor {
            items.reverse();
        }
        Ok(Page { items, has_more })
    }

    fn index(&self, id: &str, parameter: &'static str) -> Result<usize, RequestError> {
        let index = self.indices.get(id).copied();
        index.ok_or_else(|| Self::not_found(id, ParamLocation::Parameter(parameter)))
    }
}

#[cfg(test)]
mod tests;
