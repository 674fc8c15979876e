//! Reads single parameters.

use crate::account::RequestError;
use crate::model::Metadata;
use crate::wire::Form;

/// Stripe's limits on metadata (<https://docs.stripe.com/api/metadata>).
const MAX_METADATA_KEYS: usize = 50;
const MAX_METADATA_KEY_LENGTH: usize = 40;
const MAX_METADATA_VALUE_LENGTH: usize = 500;

pub(super) fn text(form: &mut Form, param: &str) -> Result<Option<String>, RequestError> {
    match form.take(param) {
        Some(value) if value.is_empty() => Err(RequestError::EmptyParameter {
            param: param.to_owned(),
        }),
        value => Ok(value),
    }
}

pub(super) fn bounded_text(
    form: &mut Form,
    param: &str,
    max_length: usize,
) -> Result<Option<String>, RequestError> {
    let value = text(form, param)?;
    if let Some(value) = &value
        && value.chars().count() > max_length
    {
        return Err(RequestError::invalid(
            param,
            format!("'{param}' must be at most {max_length} characters"),
        ));
    }
    Ok(value)
}

pub(super) fn required_text(form: &mut Form, param: &str) -> Result<String, RequestError> {
    text(form, param)?.ok_or_else(|| RequestError::missing(param))
}

pub(super) fn integer(form: &mut Form, param: &str) -> Result<Option<i64>, RequestError> {
    let Some(value) = text(form, param)? else {
        return Ok(None);
    };
    match value.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(RequestError::InvalidInteger {
            param: param.to_owned(),
            value,
        }),
    }
}

/// Reads a required integer of a range, both ends included.
pub(super) fn required_integer(
    form: &mut Form,
    param: &str,
    min: i64,
    max: i64,
) -> Result<i64, RequestError> {
    let number = integer(form, param)?.ok_or_else(|| RequestError::missing(param))?;
    if (min..=max).contains(&number) {
        return Ok(number);
    }
    let message = format!("'{param}' must be between {min} and {max}");
    Err(RequestError::invalid(param, message))
}

pub(super) fn metadata(form: &mut Form, param: &str) -> Result<Metadata, RequestError> {
    let metadata = form.take_map(param);
    let is_too_long = |(key, value): (&String, &String)| {
        key.chars().count() > MAX_METADATA_KEY_LENGTH
            || value.chars().count() > MAX_METADATA_VALUE_LENGTH
    };
    if metadata.len() > MAX_METADATA_KEYS || metadata.iter().any(is_too_long) {
        let message = format!(
            "metadata can have up to {MAX_METADATA_KEYS} keys, of up to {MAX_METADATA_KEY_LENGTH} \
             characters, with values of up to {MAX_METADATA_VALUE_LENGTH}"
        );
        return Err(RequestError::invalid(param, message));
    }
    Ok(metadata)
}
