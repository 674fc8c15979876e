//! What a form or a query says, and what is wrong with it.

use std::fmt::Display;
use std::str::FromStr;

use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::format;

/// The fields of a form as they were filled in, to be read, and to be shown again with what is wrong.
///
/// What is secret is taken out as it is read, so that it is never shown again.
#[derive(Default)]
pub(crate) struct Form {
    values: Vec<(String, Zeroizing<String>)>,
    errors: Vec<FieldError>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// Which one.
    pub(crate) field: &'static str,
    /// What to do about it, as a sentence.
    pub(crate) message: String,
}

impl FieldError {
    /// What the page calls the field.
    pub(crate) fn label(&self) -> String {
        match self.field {
            "add_units" => "Units to add".to_owned(),
            "api_key" => "API key".to_owned(),
            "email" => "Email address".to_owned(),
            "endpoint_url" => "Endpoint address".to_owned(),
            "min_price" => "From".to_owned(),
            "max_price" => "Up to".to_owned(),
            "q" => "Search".to_owned(),
            other => format::sentence_case(other),
        }
    }

    /// Where it is on the page.
    pub(crate) fn element_id(&self) -> &'static str {
        match self.field {
            "q" => "site-search",
            field => field,
        }
    }
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`, which queries are as well. Of a field that comes
    /// twice, the first counts.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let values = form_urlencoded::parse(text)
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect();
        Self {
            values,
            errors: Vec::new(),
        }
    }

    /// What was filled in; nothing if nothing was.
    pub(crate) fn value(&self, field: &str) -> &str {
        let found = self.values.iter().find(|(name, _)| name == field);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Fills a field in.
    pub(crate) fn set(&mut self, field: &str, value: impl Into<String>) {
        self.values.retain(|(name, _)| name != field);
        self.values
            .push((field.to_owned(), Zeroizing::new(value.into())));
    }

    /// What is wrong with a field.
    pub(crate) fn error(&self, field: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == field);
        found.map(|error| error.message.as_str())
    }

    /// All that is wrong.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Says what is wrong with a field. The rule reads like "must be …".
    pub(crate) fn add_error(&mut self, field: &'static str, rule: impl Display) {
        let message = sentence(&rule.to_string());
        self.errors.push(FieldError { field, message });
    }

    /// A field that must be filled in; `None` if it does not fit, which has been noted.
    pub(crate) fn read<T: FromStr<Err: Display>>(&mut self, field: &'static str) -> Option<T> {
        self.read_as(field, str::parse)
    }

    /// As [`read`](Self::read), for what is read in another way than by itself. White space around it
    /// is not part of it: it comes along unseen when somebody pastes.
    pub(crate) fn read_as<T, E: Display>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.value(field).trim();
        if value.is_empty() {
            self.add_error(field, "must be filled in");
            return None;
        }
        read(value).map_err(|rule| self.add_error(field, rule)).ok()
    }

    /// A field that may be left blank: `Some(None)` then.
    #[expect(
        clippy::option_option,
        reason = "whether it fits, and whether there is anything, are two questions"
    )]
    pub(crate) fn read_optional<T, E: Display>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        if self.value(field).trim().is_empty() {
            Some(None)
        } else {
            self.read_as(field, read).map(Some)
        }
    }

    /// A secret that must be filled in. It moves out, and into `make`.
    pub(crate) fn read_secret<T, E: Display>(
        &mut self,
        field: &'static str,
        make: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        let found = self.values.iter().position(|(name, _)| name == field);
        let mut value = found.map(|found| self.values.swap_remove(found).1);
        match value.as_mut() {
            Some(value) if !value.is_empty() => make(std::mem::take(&mut **value))
                .map_err(|rule| self.add_error(field, rule))
                .ok(),
            _ => {
                self.add_error(field, "must be filled in");
                None
            }
        }
    }

    /// Forgets a secret that is not going to be read. Answers whether there was one.
    pub(crate) fn remove(&mut self, field: &str) -> bool {
        let filled_in = !self.value(field).is_empty();
        self.values.retain(|(name, _)| name != field);
        filled_in
    }
}

/// A rule as a sentence: "must be …" becomes "Must be ….".
fn sentence(rule: &str) -> String {
    let mut letters = rule.chars();
    let first = letters.next().map(char::to_uppercase);
    let stop = if rule.ends_with('.') { "" } else { "." };
    format!(
        "{}{}{stop}",
        first.map_or_else(String::new, |first| first.to_string()),
        letters.as_str()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_shown_again() {
        let mut form = Form::parse(b"units=3&name=a%20b+%C3%A9&units=4&blank=+");
        assert_eq!(form.value("name"), "a b é");
        assert_eq!(form.read::<u32>("units"), Some(3));
        assert_eq!(form.read_optional("blank", str::parse::<u32>), Some(None));
        assert_eq!(form.read::<u32>("name"), None);
        assert_eq!(form.read::<u32>("missing"), None);
        assert_eq!(form.error("missing"), Some("Must be filled in."));
        assert_eq!(form.errors().len(), 2);
    }

    #[test]
    fn white_space_around_what_was_typed_does_not_count() {
        let mut form = Form::parse(b"units=+3%20&more=%0A4&apart=1+2");
        assert_eq!(form.read::<u32>("units"), Some(3));
        assert_eq!(form.read_optional("more", str::parse::<u32>), Some(Some(4)));
        assert_eq!(form.read::<u32>("apart"), None);
    }

    #[test]
    fn a_secret_is_not_shown_again() {
        let mut form = Form::parse(b"password=hunter2");
        let taken = form.read_secret("password", Ok::<_, String>);
        assert_eq!(taken.as_deref(), Some("hunter2"));
        assert_eq!(form.value("password"), "");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_typed_arrives(typed: String) {
            let mut sent = form_urlencoded::Serializer::new(String::new());
            sent.append_pair("x", &typed);
            let form = Form::parse(sent.finish().as_bytes());
            proptest::prop_assert_eq!(form.value("x"), typed);
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes: Vec<u8>) {
            proptest::prop_assert!(Form::parse(&bytes).value("x").len() <= 3 * bytes.len());
        }
    }
}
