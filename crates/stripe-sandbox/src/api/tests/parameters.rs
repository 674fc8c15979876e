use super::*;

/// `SESSION` with one parameter replaced, or removed if there is no value.
fn changed(param: &str, value: Option<&str>) -> String {
    let start = format!("{param}=");
    let mut fields: Vec<String> = SESSION
        .split('&')
        .filter(|field| !field.starts_with(&start))
        .map(str::to_owned)
        .collect();
    fields.extend(value.map(|value| format!("{param}={value}")));
    fields.join("&")
}

fn rejection(form: &str) -> Value {
    let (status, body) = responded(&mut state(), &post("/v1/checkout/sessions", form));
    assert_eq!(status, 400, "{form}");
    assert_eq!(body["error"]["type"], "invalid_request_error", "{body}");
    body["error"].clone()
}

#[test]
fn the_error_names_a_missing_parameter() {
    let price = "line_items[0][price_data]";
    for param in [
        "mode",
        "success_url",
        &format!("{price}[currency]"),
        &format!("{price}[unit_amount]"),
        &format!("{price}[product_data][name]"),
        "line_items[0][quantity]",
    ] {
        let error = rejection(&changed(param, None));
        assert_eq!(error["code"], "parameter_missing", "{param}");
        assert_eq!(error["param"], *param);
    }
}

#[test]
fn the_error_names_an_invalid_parameter() {
    let price = "line_items[0][price_data]";
    for (param, value) in [
        ("mode", "subscription"),
        ("ui_mode", "embedded"),
        ("success_url", "not-a-url"),
        ("success_url", "javascript:alert(1)"),
        ("cancel_url", "/relative"),
        (&format!("{price}[currency]"), "xxx"),
        (&format!("{price}[unit_amount]"), "-1"),
        ("line_items[0][quantity]", "0"),
        ("line_items[0][quantity]", "1000000"),
        ("expires_at", "1700000000"),
        ("client_reference_id", &"x".repeat(201)),
    ] {
        let error = rejection(&changed(param, Some(value)));
        assert_eq!(error["param"], *param, "{value}: {error}");
    }
}

#[test]
fn an_integer_parameter_must_be_an_integer() {
    for (param, value) in [
        ("expires_at", "tomorrow"),
        ("line_items[0][quantity]", "1.5"),
    ] {
        let error = rejection(&changed(param, Some(value)));
        assert_eq!(error["code"], "parameter_invalid_integer", "{param}");
    }
}

#[test]
fn an_unknown_parameter_is_rejected() {
    let error = rejection(&format!("{SESSION}&discounts[0][coupon]=x"));
    assert_eq!(error["code"], "parameter_unknown");
    assert_eq!(error["param"], "discounts[0][coupon]");
}

#[test]
fn line_items_have_one_currency() {
    let second = "line_items[1][price_data][currency]=eur\
        &line_items[1][price_data][unit_amount]=250\
        &line_items[1][price_data][product_data][name]=Tab&line_items[1][quantity]=1";
    let error = rejection(&format!("{SESSION}&{second}"));
    assert_eq!(error["param"], "line_items");
    let same = second.replace("eur", "USD");
    let request = post("/v1/checkout/sessions", &format!("{SESSION}&{same}"));
    let (status, session) = responded(&mut state(), &request);
    assert_eq!((status, &session["amount_total"]), (200, &1_250.into()));
}

#[test]
fn metadata_is_limited_as_by_stripe() {
    let long = |length: usize| "x".repeat(length);
    let key = format!("{SESSION}&metadata[{}]=1", long(41));
    let value = format!("{SESSION}&metadata[a]={}", long(501));
    for form in [key, value] {
        assert_eq!(rejection(&form)["param"], "metadata");
    }
}

#[test]
fn a_refund_needs_a_payment() {
    let refund = |form| responded(&mut state(), &post("/v1/refunds", form)).1["error"].clone();
    assert_eq!(refund("")["code"], "parameter_missing");
    assert_eq!(refund("payment_intent=pi_1&amount=0")["param"], "amount");
    assert_eq!(refund("payment_intent=pi_1&reason=mood")["param"], "reason");
    assert_eq!(refund("payment_intent=pi_1")["code"], "resource_missing");
}
