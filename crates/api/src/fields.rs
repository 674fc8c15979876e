//! Reads bodies and queries field by field, and reports all errors at once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;
use udam_domain::listing::Change;

use super::problem::{FieldError, Problem};
use super::settings::WireRules;

/// Largest number of characters of an unknown field's name in a response: the response to an attack stays short.
const UNKNOWN_NAME_LENGTH: usize = 64;

/// A request that is read from the fields of a JSON body or a query string. All of its errors are
/// collected.
pub(crate) trait FromFields: Sized {
    /// Reads every field that it knows before it fails, so that no error hides another.
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded>;
}

/// Error of reading a field. Its details are in [`Fields`] already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recorded;

/// A body without fields.
pub(crate) struct EmptyBody;

impl FromFields for EmptyBody {
    fn from_fields(_fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        Ok(Self)
    }
}

/// Named values that are yet to be read, and the errors of those read so far.
pub(crate) struct Fields {
    unread: BTreeMap<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// The values as received. A repeated name is an error, as it is unclear which value is meant.
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

    /// Records an error in a field.
    pub(crate) fn reject(&mut self, field: &'static str, rule: impl std::fmt::Display) {
        self.errors.push(FieldError::new(field, rule));
    }

    /// Reads a required field.
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

    /// Reads a field that may be absent or `null`.
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

    /// Reads a field of an edit: if it is absent, the value stays.
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

    /// Reads a field of an edit that `null` clears.
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

/// A name that a client sent, shortened for an error.
pub(super) fn shortened(name: &str) -> String {
    name.chars().take(UNKNOWN_NAME_LENGTH).collect()
}

#[cfg(test)]
mod tests;
