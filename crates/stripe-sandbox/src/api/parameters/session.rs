use url::Url;

use super::reading::{
    bounded_text, integer, metadata, missing, required_integer, required_text, text,
};
use crate::account::{Currency, Item, NewSession, Refusal, Terms};
use crate::form::Form;

const MOST_ITEMS: usize = 100;
const MOST_UNITS: i64 = 999_999;
const HIGHEST_PRICE: i64 = 99_999_999;
const LONGEST_REFERENCE: usize = 200;
const LONGEST_TEXT: usize = 5_000;

/// `POST /v1/checkout/sessions`
pub(in crate::api) fn new_session(form: &mut Form) -> Result<NewSession, Refusal> {
    only(form, "mode", &["payment"])?.ok_or_else(|| missing("mode"))?;
    only(form, "ui_mode", &["hosted", "hosted_page"])?;
    for method in form.take_list("payment_method_types") {
        if method != "card" {
            let why = format!("the sandbox takes cards only, not '{method}'");
            return Err(Refusal::invalid("payment_method_types", why));
        }
    }
    let (currency, items) = items(form)?;
    let expires_at = integer(form, "expires_at")?;
    let success_url = address(form, "success_url")?.ok_or_else(|| missing("success_url"))?;
    let terms = Terms {
        client_reference_id: bounded_text(form, "client_reference_id", LONGEST_REFERENCE)?,
        metadata: metadata(form, "metadata")?,
        success_url,
        cancel_url: address(form, "cancel_url")?,
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
        terms,
    })
}

/// All items, and the one currency that they must agree on.
fn items(form: &mut Form) -> Result<(Currency, Vec<Item>), Refusal> {
    let mut items = Vec::new();
    let mut agreed = None;
    while form.has(&format!("line_items[{}]", items.len())) {
        let param = format!("line_items[{}]", items.len());
        let currency = currency(form, &format!("{param}[price_data][currency]"))?;
        if *agreed.get_or_insert(currency) != currency {
            let why = "all line items must be in the same currency";
            return Err(Refusal::invalid("line_items", why));
        }
        items.push(item(form, &param)?);
    }
    if items.len() > MOST_ITEMS {
        let why = format!("a session has at most {MOST_ITEMS} line items");
        return Err(Refusal::invalid("line_items", why));
    }
    let currency = agreed.ok_or_else(|| missing("line_items"))?;
    Ok((currency, items))
}

fn item(form: &mut Form, param: &str) -> Result<Item, Refusal> {
    let price = format!("{param}[price_data][unit_amount]");
    let product = format!("{param}[price_data][product_data]");
    // Known to Stripe, shown nowhere here.
    form.take_list(&format!("{product}[images]"));
    metadata(form, &format!("{product}[metadata]"))?;
    Ok(Item {
        name: required_text(form, &format!("{product}[name]"))?,
        description: text(form, &format!("{product}[description]"))?,
        unit_amount: required_integer(form, &price, 0, HIGHEST_PRICE)?,
        quantity: required_integer(form, &format!("{param}[quantity]"), 1, MOST_UNITS)?,
    })
}

fn currency(form: &mut Form, param: &str) -> Result<Currency, Refusal> {
    let code = required_text(form, param)?;
    Currency::parse(&code)
        .ok_or_else(|| Refusal::invalid(param, format!("invalid currency: {code}")))
}

/// A parameter of which the sandbox knows only some values.
fn only(form: &mut Form, param: &str, known: &[&str]) -> Result<Option<String>, Refusal> {
    let value = text(form, param)?;
    match &value {
        Some(value) if !known.contains(&value.as_str()) => {
            let why = format!(
                "invalid {param}: the sandbox knows {} only",
                known.join(", ")
            );
            Err(Refusal::invalid(param, why))
        }
        _ => Ok(value),
    }
}

/// Where a browser can be sent.
fn address(form: &mut Form, param: &str) -> Result<Option<String>, Refusal> {
    let Some(address) = bounded_text(form, param, LONGEST_TEXT)? else {
        return Ok(None);
    };
    let usable = Url::parse(&address)
        .is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"));
    if usable {
        // As it came, not as the parser writes it: the placeholder in it must stay what it is.
        return Ok(Some(address));
    }
    Err(Refusal::invalid(param, "not a valid URL"))
}
