//! The fields of a form or a query, and the errors in them.

use std::fmt::Display;
use std::str::FromStr;

use udam_domain::account::{AccountName, Email};
use udam_domain::audit::Reason;
use udam_domain::complaint::ComplaintReason;
use udam_domain::gateway::{AccessKeyName, HeaderName, KeyPrefix};
use udam_domain::listing::{Description, EndpointUrl, ServiceName, UnitDescription};
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::format;

/// The submitted fields, to be parsed, and to be shown again with their errors.
///
/// Secrets are moved out as they are read, so that they are never shown again.
#[derive(Default)]
pub(crate) struct Form {
    values: Vec<(String, Zeroizing<String>)>,
    errors: Vec<FieldError>,
}

/// An error in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// Name of the field.
    pub(crate) field: &'static str,
    /// The rule that its value breaks, as a sentence.
    pub(crate) message: String,
}

impl FieldError {
    /// Label of the field, as its page shows it.
    pub(crate) fn label(&self) -> String {
        match self.field {
            "access" => "Access".to_owned(),
            "add_units" => "Units to add".to_owned(),
            "api_key" => "API key".to_owned(),
            "auth_in" => "Place of the key".to_owned(),
            "auth_name" => "Name of the header, parameter or user".to_owned(),
            "auth_prefix" => "Text before the key".to_owned(),
            "charge" => "Charged calls".to_owned(),
            "email" => "Email address".to_owned(),
            "from" => "First day".to_owned(),
            "key_name" => "Name".to_owned(),
            "scope_read" => "What it may do".to_owned(),
            "expires_on" | "to" => "Last day".to_owned(),
            "factor_password" => "Your password".to_owned(),
            "endpoint_url" => "Endpoint address".to_owned(),
            "name" => "Public name".to_owned(),
            "reason" => "What is wrong".to_owned(),
            "min_price" => "Minimum price".to_owned(),
            "max_price" => "Maximum price".to_owned(),
            "max_units" => "Most units".to_owned(),
            "max_units_per_call" => "Most units that your service declares".to_owned(),
            "max_units_per_order" => "Most units per order".to_owned(),
            "q" => "Search".to_owned(),
            "rate_calls" => "Most calls".to_owned(),
            "rate_per" => "Period".to_owned(),
            "since" => "From".to_owned(),
            "until" => "Until".to_owned(),
            "why" => "Reason".to_owned(),
            "timeout" => "Seconds to wait for an answer".to_owned(),
            other => format::sentence_case(other),
        }
    }

    /// `id` of the field's element.
    pub(crate) fn element_id(&self) -> &'static str {
        match self.field {
            "q" => "site-search",
            field => field,
        }
    }
}

impl Form {
    /// Parses `application/x-www-form-urlencoded`, which queries are as well. The first of several fields
    /// of one name counts.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let values = form_urlencoded::parse(text)
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect();
        Self {
            values,
            errors: Vec::new(),
        }
    }

    /// The value as it was sent; empty if there is none.
    pub(crate) fn value(&self, field: &str) -> &str {
        let found = self.values.iter().find(|(name, _)| name == field);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Sets the value of a field.
    pub(crate) fn set(&mut self, field: &str, value: impl Into<String>) {
        self.values.retain(|(name, _)| name != field);
        self.values
            .push((field.to_owned(), Zeroizing::new(value.into())));
    }

    /// Sets the value of an optional field, if there is one.
    pub(crate) fn set_optional(&mut self, field: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.set(field, value.to_string());
        }
    }

    /// The first error in a field.
    pub(crate) fn error(&self, field: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == field);
        found.map(|error| error.message.as_str())
    }

    /// All errors, in the order they were found.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Adds an error to a field. The rule reads like "must be …".
    pub(crate) fn add_error(&mut self, field: &'static str, rule: impl Display) {
        let message = sentence(&rule.to_string());
        self.errors.push(FieldError { field, message });
    }

    /// Parses a required field. Returns `None` and adds an error if it is blank or invalid.
    pub(crate) fn read<T: FromStr<Err: Display>>(&mut self, field: &'static str) -> Option<T> {
        self.read_as(field, str::parse)
    }

    /// As [`read`](Self::read), with this parser. White space around the value is dropped: it often comes
    /// along when text is pasted.
    pub(crate) fn read_as<T, E: Display>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.value(field).trim();
        if value.is_empty() {
            self.add_error(field, "must not be blank");
            return None;
        }
        parse(value)
            .map_err(|rule| self.add_error(field, rule))
            .ok()
    }

    /// Parses an optional field: `Some(None)` if it is blank, `None` with an error if it is invalid.
    #[expect(
        clippy::option_option,
        reason = "validity and presence are two questions"
    )]
    pub(crate) fn read_optional<T, E: Display>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        if self.value(field).trim().is_empty() {
            Some(None)
        } else {
            self.read_as(field, parse).map(Some)
        }
    }

    /// Parses a required secret, which moves out of the form and into `parse`.
    pub(crate) fn read_secret<T, E: Display>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        let found = self.values.iter().position(|(name, _)| name == field);
        let mut value = found.map(|found| self.values.swap_remove(found).1);
        match value.as_mut() {
            Some(value) if !value.is_empty() => parse(std::mem::take(&mut **value))
                .map_err(|rule| self.add_error(field, rule))
                .ok(),
            _ => {
                self.add_error(field, "must not be blank");
                None
            }
        }
    }

    /// The form without the value of a field, which is not shown again.
    pub(crate) fn without(mut self, field: &str) -> Self {
        self.remove(field);
        self
    }

    /// Removes a secret that is not going to be read. Returns whether there was one.
    pub(crate) fn remove(&mut self, field: &str) -> bool {
        let was_present = !self.value(field).is_empty();
        self.values.retain(|(name, _)| name != field);
        was_present
    }
}

/// Most characters of a text field, of the type that it is parsed as; `None` for other fields.
pub(crate) fn max_length(field: &str) -> Option<usize> {
    Some(match field {
        "description" => Description::MAX_LENGTH,
        "email" => Email::MAX_LENGTH,
        "endpoint_url" => EndpointUrl::MAX_LENGTH,
        "auth_name" => HeaderName::MAX_LENGTH,
        "auth_prefix" => KeyPrefix::MAX_LENGTH,
        "key_name" => AccessKeyName::MAX_LENGTH,
        "name" => AccountName::MAX_LENGTH,
        "why" => Reason::MAX_LENGTH,
        "reason" => ComplaintReason::MAX_LENGTH,
        "service_name" => ServiceName::MAX_LENGTH,
        "unit_description" => UnitDescription::MAX_LENGTH,
        _ => return None,
    })
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
    fn fields_are_parsed_and_shown_again() {
        let mut form = Form::parse(b"units=3&name=a%20b+%C3%A9&units=4&blank=+");
        assert_eq!(form.value("name"), "a b é");
        assert_eq!(form.read::<u32>("units"), Some(3));
        assert_eq!(form.read_optional("blank", str::parse::<u32>), Some(None));
        assert_eq!(form.read::<u32>("name"), None);
        assert_eq!(form.read::<u32>("missing"), None);
        assert_eq!(form.error("missing"), Some("Must not be blank."));
        assert_eq!(form.errors().len(), 2);
    }

    #[test]
    fn white_space_around_a_value_is_dropped() {
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
        fn every_value_survives_encoding(typed: String) {
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
