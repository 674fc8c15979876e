//! Reads what a client sent, field by field, and tells all that is wrong with it at once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;
use udam_domain::listing::Change;

use super::problem::{FieldError, Problem};
use super::settings::WireRules;

/// Up to how many characters of unknown fields are named: the answer to an attack stays short.
const UNKNOWN_NAME_LENGTH: usize = 64;

/// A type that is parsed from fields.
pub(crate) trait FromFields: Sized {
    /// Takes every field it knows, and only then answers, so that no mistake hides another.
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded>;
}

/// A field does not fit, which has been noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recorded;

/// No fields at all.
pub(crate) struct EmptyBody;

impl FromFields for EmptyBody {
    fn from_fields(_fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        Ok(Self)
    }
}

/// Named values that are yet to be read, and what was wrong with those read so far.
pub(crate) struct Fields {
    unread: BTreeMap<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// The values as they came. A name that came twice is an error: which of the two was meant?
    pub(crate) fn new(given: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut fields = Self {
            unread: BTreeMap::new(),
            errors: Vec::new(),
        };
        for (name, value) in given {
            match fields.unread.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(place) => {
                    let name = shortened(place.key());
                    fields
                        .errors
                        .push(FieldError::new(name, "must be given once"));
                }
            }
        }
        fields
    }

    /// Notes that a field does not fit.
    pub(crate) fn reject(&mut self, field: &'static str, rule: impl std::fmt::Display) {
        self.errors.push(FieldError::new(field, rule));
    }

    /// A field that must be there.
    pub(crate) fn required<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<T, Recorded> {
        match self.unread.remove(field) {
            None => {
                self.reject(field, "must be given");
                Err(Recorded)
            }
            Some(value) => self.read(field, value, read),
        }
    }

    /// A field that may be absent or `null`.
    pub(crate) fn optional<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<Option<T>, Recorded> {
        match self.unread.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.read(field, value, read).map(Some),
        }
    }

    /// A field of a change: absent, it keeps its value.
    pub(crate) fn change<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<Change<T>, Recorded> {
        match self.unread.remove(field) {
            None => Ok(Change::Keep),
            Some(value) => self.read(field, value, read).map(Change::To),
        }
    }

    /// A field of a change that `null` clears.
    pub(crate) fn clearable<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<Change<Option<T>>, Recorded> {
        match self.unread.remove(field) {
            None => Ok(Change::Keep),
            Some(Value::Null) => Ok(Change::To(None)),
            Some(value) => self
                .read(field, value, read)
                .map(|new| Change::To(Some(new))),
        }
    }

    fn read<T>(
        &mut self,
        field: &'static str,
        value: Value,
        read: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<T, Recorded> {
        let read = match value {
            Value::Null => Err("must not be null".to_owned()),
            value => read(value),
        };
        read.map_err(|rule| {
            self.reject(field, rule);
            Recorded
        })
    }

    /// Reads all fields as a `T`.
    pub(crate) fn parse<T: FromFields>(mut self, rules: WireRules) -> Result<T, Problem> {
        let parsed = T::from_fields(&mut self, rules);
        let unknown = self.unread.keys();
        self.errors.extend(
            unknown.map(|name| FieldError::new(shortened(name), "is not known here; leave it out")),
        );
        match parsed {
            Ok(parsed) if self.errors.is_empty() => Ok(parsed),
            _ => Err(Problem::InvalidRequest(self.errors)),
        }
    }
}

/// A name that a client sent, for telling it what is wrong with it.
pub(super) fn shortened(name: &str) -> String {
    name.chars().take(UNKNOWN_NAME_LENGTH).collect()
}

#[cfg(test)]
mod tests;
