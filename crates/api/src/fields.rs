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

    /// Reads an object that may be absent or `null`, field by field. The fields of errors in it are named after its own,
    /// as in `gateway/timeout`.
    pub(crate) fn object<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, Recorded>,
    ) -> Result<Option<T>, Recorded> {
        match self.unread.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.nested(field, value, read).map(Some),
        }
    }

    /// Reads an object of an edit that `null` clears, field by field.
    pub(crate) fn clearable_object<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, Recorded>,
    ) -> Result<Change<Option<T>>, Recorded> {
        if self.unread.contains_key(field) {
            self.object(field, read).map(Change::To)
        } else {
            Ok(Change::Keep)
        }
    }

    /// Reads an array that may be absent or `null`. Errors are named after the element, as in `paths/0`.
    pub(crate) fn list<T>(
        &mut self,
        field: &'static str,
        read: impl Fn(Value) -> Result<T, String>,
    ) -> Result<Option<Vec<T>>, Recorded> {
        let elements = match self.unread.remove(field) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(elements)) => elements,
            Some(_) => {
                self.reject(field, "must be an array");
                return Err(Recorded);
            }
        };
        let count = elements.len();
        let mut values = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            match read(element) {
                Ok(value) => values.push(value),
                Err(rule) => {
                    let element = FieldError::new(format!("{field}/{index}"), rule);
                    self.errors.push(element);
                }
            }
        }
        if values.len() == count {
            Ok(Some(values))
        } else {
            Err(Recorded)
        }
    }

    fn nested<T>(
        &mut self,
        field: &'static str,
        value: Value,
        read: impl FnOnce(&mut Self) -> Result<T, Recorded>,
    ) -> Result<T, Recorded> {
        let Value::Object(object) = value else {
            self.reject(field, "must be an object");
            return Err(Recorded);
        };
        let mut fields = Self::new(object);
        let parsed = read(&mut fields);
        fields.reject_unread();
        let is_valid = fields.errors.is_empty();
        let within = |error: FieldError| FieldError {
            field: format!("{field}/{}", error.field).into(),
            ..error
        };
        self.errors.extend(fields.errors.into_iter().map(within));
        parsed.and_then(|parsed| is_valid.then_some(parsed).ok_or(Recorded))
    }

    fn reject_unread(&mut self) {
        let unknown = self.unread.keys();
        self.errors.extend(
            unknown.map(|name| FieldError::new(shortened(name), "is not known here; leave it out")),
        );
    }

    /// Records names that were given more than once within fields, by their paths.
    pub(crate) fn reject_repeated(&mut self, paths: Vec<String>) {
        let once = |path: String| FieldError::new(shortened(&path), "must be given once");
        self.errors.extend(paths.into_iter().map(once));
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
        self.reject_unread();
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
