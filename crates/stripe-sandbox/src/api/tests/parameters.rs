use super::*;

/// `SESSION` with one parameter changed, or left out if there is no value.
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

fn refusal(form: &str) -> Value {
    let (status, body) = answered(&mut world(), &post("/v1/checkout/sessions", form));
    assert_eq!(status, 400, "{form}");
    assert_eq!(body["error"]["type"], "invalid_request_error", "{body}");
    body["error"].clone()
}

#[test]
fn what_is_needed_is_named_when_it_is_missing() {
    let price = "line_items[0][price_data]";
    for param in [
        "mode",
        "success_url",
        &format!("{price}[currency]"),
        &format!("{price}[unit_amount]"),
        &format!("{price}[product_data][name]"),
        "line_items[0][quantity]",
    ] {
        let error = refusal(&changed(param, None));
        assert_eq!(error["code"], "parameter_missing", "{param}");
        assert_eq!(error["param"], *param);
    }
}

#[test]
fn what_makes_no_sense_is_named() {
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
        let error = refusal(&changed(param, Some(value)));
        assert_eq!(error["param"], *param, "{value}: {error}");
    }
}

#[test]
fn a_number_must_be_one() {
    for (param, value) in [
        ("expires_at", "tomorrow"),
        ("line_items[0][quantity]", "1.5"),
    ] {
        let error = refusal(&changed(param, Some(value)));
        assert_eq!(error["code"], "parameter_invalid_integer", "{param}");
    }
}

#[test]
fn a_parameter_that_the_sandbox_does_not_know_is_refused_rather_than_ignored() {
    let error = refusal(&format!("{SESSION}&discounts[0][coupon]=x"));
    assert_eq!(error["code"], "parameter_unknown");
    assert_eq!(error["param"], "discounts[0][coupon]");
}

#[test]
fn lines_agree_on_one_currency() {
    let second = "line_items[1][price_data][currency]=eur\
        &line_items[1][price_data][unit_amount]=250\
        &line_items[1][price_data][product_data][name]=Tab&line_items[1][quantity]=1";
    let error = refusal(&format!("{SESSION}&{second}"));
    assert_eq!(error["param"], "line_items");
    let same = second.replace("eur", "USD");
    let both = post("/v1/checkout/sessions", &format!("{SESSION}&{same}"));
    let (status, session) = answered(&mut world(), &both);
    assert_eq!((status, &session["amount_total"]), (200, &1_250.into()));
}

#[test]
fn metadata_has_stripe_s_limits() {
    let long = |length: usize| "x".repeat(length);
    let key = format!("{SESSION}&metadata[{}]=1", long(41));
    let value = format!("{SESSION}&metadata[a]={}", long(501));
    for form in [key, value] {
        assert_eq!(refusal(&form)["param"], "metadata");
    }
}

#[test]
fn a_refund_names_what_it_is_of() {
    let refund = |form| answered(&mut world(), &post("/v1/refunds", form)).1["error"].clone();
    assert_eq!(refund("")["code"], "parameter_missing");
    assert_eq!(refund("payment_intent=pi_1&amount=0")["param"], "amount");
    assert_eq!(refund("payment_intent=pi_1&reason=mood")["param"], "reason");
    assert_eq!(refund("payment_intent=pi_1")["code"], "resource_missing");
}
