//! Single parameters.

use crate::account::{Metadata, Refusal};
use crate::form::Form;

/// Stripe's limits on metadata (<https://docs.stripe.com/api/metadata>).
const MOST_KEYS: usize = 50;
const LONGEST_KEY: usize = 40;
const LONGEST_VALUE: usize = 500;

pub(super) fn text(form: &mut Form, param: &str) -> Result<Option<String>, Refusal> {
    match form.take(param) {
        Some(value) if value.is_empty() => Err(Refusal::EmptyParameter {
            param: param.to_owned(),
        }),
        value => Ok(value),
    }
}

pub(super) fn bounded_text(
    form: &mut Form,
    param: &str,
    longest: usize,
) -> Result<Option<String>, Refusal> {
    let value = text(form, param)?;
    if let Some(value) = &value
        && value.chars().count() > longest
    {
        return Err(Refusal::invalid(
            param,
            format!("'{param}' must be at most {longest} characters"),
        ));
    }
    Ok(value)
}

pub(super) fn required_text(form: &mut Form, param: &str) -> Result<String, Refusal> {
    text(form, param)?.ok_or_else(|| missing(param))
}

pub(super) fn integer(form: &mut Form, param: &str) -> Result<Option<i64>, Refusal> {
    let Some(value) = text(form, param)? else {
        return Ok(None);
    };
    match value.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Refusal::InvalidInteger {
            param: param.to_owned(),
            value,
        }),
    }
}

/// An integer that must be there and within bounds, both included.
pub(super) fn required_integer(
    form: &mut Form,
    param: &str,
    least: i64,
    most: i64,
) -> Result<i64, Refusal> {
    let number = integer(form, param)?.ok_or_else(|| missing(param))?;
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    let why = format!("'{param}' must be between {least} and {most}");
    Err(Refusal::invalid(param, why))
}

pub(super) fn metadata(form: &mut Form, param: &str) -> Result<Metadata, Refusal> {
    let metadata = form.take_map(param);
    let too_long = |key: &String, value: &String| {
        key.chars().count() > LONGEST_KEY || value.chars().count() > LONGEST_VALUE
    };
    if metadata.len() > MOST_KEYS || metadata.iter().any(|(key, value)| too_long(key, value)) {
        let why = format!(
            "metadata can have up to {MOST_KEYS} keys, of up to {LONGEST_KEY} characters, with \
             values of up to {LONGEST_VALUE}"
        );
        return Err(Refusal::invalid(param, why));
    }
    Ok(metadata)
}

pub(super) fn missing(param: &str) -> Refusal {
    Refusal::MissingParameter {
        param: param.to_owned(),
    }
}
