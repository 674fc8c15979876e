use url::Url;

use super::read::{bounded_text, integer, metadata, required_integer, required_text, text};
use crate::account::RequestError;
use crate::model::{Currency, NewLineItem, NewSession, SessionOptions};
use crate::wire::Form;

const MAX_LINE_ITEMS: usize = 100;
const MAX_QUANTITY: i64 = 999_999;
const MAX_UNIT_AMOUNT: i64 = 99_999_999;
const MAX_REFERENCE_LENGTH: usize = 200;
const MAX_URL_LENGTH: usize = 5_000;

/// Reads the parameters of `POST /v1/checkout/sessions`.
pub(in crate::api) fn new_session(form: &mut Form) -> Result<NewSession, RequestError> {
    one_of(form, "mode", &["payment"])?.ok_or_else(|| RequestError::missing("mode"))?;
    one_of(form, "ui_mode", &["hosted", "hosted_page"])?;
    for method in form.take_list("payment_method_types") {
        if method != "card" {
            let message = format!("the sandbox supports cards only, not '{method}'");
            return Err(RequestError::invalid("payment_method_types", message));
        }
    }
    let (currency, items) = line_items(form)?;
    let expires_at = integer(form, "expires_at")?;
    let success_url =
        redirect_url(form, "success_url")?.ok_or_else(|| RequestError::missing("success_url"))?;
    let options = SessionOptions {
        client_reference_id: bounded_text(form, "client_reference_id", MAX_REFERENCE_LENGTH)?,
        metadata: metadata(form, "metadata")?,
        success_url,
        cancel_url: redirect_url(form, "cancel_url")?,
        customer_email: text(form, "customer_email")?,
        locale: text(form, "locale")?,
        submit_type: text(form, "submit_type")?,
        payment_metadata: metadata(form, "payment_intent_data[metadata]")?,
        payment_description: text(form, "payment_intent_data[description]")?,
    };
    Ok(NewSession {
        currency,
        items,
        expires_at,
        options,
    })
}

/// Reads the line items and the currency, which they must have in common.
fn line_items(form: &mut Form) -> Result<(Currency, Vec<NewLineItem>), RequestError> {
    let mut items = Vec::new();
    let mut common = None;
    while form.has(&format!("line_items[{}]", items.len())) {
        let param = format!("line_items[{}]", items.len());
        let currency = currency(form, &format!("{param}[price_data][currency]"))?;
        if *common.get_or_insert(currency) != currency {
            let message = "all line items must be in the same currency";
            return Err(RequestError::invalid("line_items", message));
        }
        items.push(line_item(form, &param)?);
    }
    if items.len() > MAX_LINE_ITEMS {
        let message = format!("a session has at most {MAX_LINE_ITEMS} line items");
        return Err(RequestError::invalid("line_items", message));
    }
    let currency = common.ok_or_else(|| RequestError::missing("line_items"))?;
    Ok((currency, items))
}

fn line_item(form: &mut Form, param: &str) -> Result<NewLineItem, RequestError> {
    let price = format!("{param}[price_data][unit_amount]");
    let product = format!("{param}[price_data][product_data]");
    // Parameters of Stripe that have no effect here.
    form.take_list(&format!("{product}[images]"));
    metadata(form, &format!("{product}[metadata]"))?;
    Ok(NewLineItem {
        name: required_text(form, &format!("{product}[name]"))?,
        description: text(form, &format!("{product}[description]"))?,
        unit_amount: required_integer(form, &price, 0, MAX_UNIT_AMOUNT)?,
        quantity: required_integer(form, &format!("{param}[quantity]"), 1, MAX_QUANTITY)?,
    })
}

fn currency(form: &mut Form, param: &str) -> Result<Currency, RequestError> {
    let code = required_text(form, param)?;
    Currency::from_code(&code)
        .ok_or_else(|| RequestError::invalid(param, format!("invalid currency: {code}")))
}

/// Reads a parameter of which the sandbox supports only some values.
fn one_of(
    form: &mut Form,
    param: &str,
    supported: &[&str],
) -> Result<Option<String>, RequestError> {
    let value = text(form, param)?;
    match &value {
        Some(value) if !supported.contains(&value.as_str()) => {
            let message = format!(
                "invalid {param}: the sandbox supports {} only",
                supported.join(", ")
            );
            Err(RequestError::invalid(param, message))
        }
        _ => Ok(value),
    }
}

/// Reads a URL that a browser can be redirected to.
fn redirect_url(form: &mut Form, param: &str) -> Result<Option<String>, RequestError> {
    let Some(url) = bounded_text(form, param, MAX_URL_LENGTH)? else {
        return Ok(None);
    };
    let is_valid = Url::parse(&url)
        .is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"));
    if is_valid {
        // As it was sent: the parser would encode the placeholder in it.
        return Ok(Some(url));
    }
    Err(RequestError::invalid(param, "not a valid URL"))
}
