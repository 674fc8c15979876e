//! What the hosted page looks like.

use crate::account::{Line, Session};

const STYLE: &str = "\
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1a1f36;background:#f6f8fa}\
.banner{background:#bb5504;color:#fff;text-align:center;padding:.5rem 1rem;font-weight:600}\
main{max-width:30rem;margin:2rem auto;padding:2rem;background:#fff;border:1px solid #d8dee4;\
border-radius:.75rem}\
h1{font-size:1.25rem;margin:0 0 1rem}\
table{width:100%;border-collapse:collapse;margin-bottom:1.5rem}\
td,th{padding:.5rem 0;border-bottom:1px solid #ebeef1;text-align:left;vertical-align:top}\
td:last-child,th:last-child{text-align:right;white-space:nowrap}\
tfoot td{border:0;font-weight:600;font-size:1.125rem}\
small{color:#596171}\
button{display:block;width:100%;padding:.75rem;margin-top:.75rem;font:inherit;font-weight:600;\
border:1px solid #d8dee4;border-radius:.375rem;background:#fff;color:inherit;cursor:pointer}\
button.pay{background:#0055bc;border-color:#0055bc;color:#fff}\
button:focus-visible,a:focus-visible{outline:3px solid #ffb300;outline-offset:2px}";

/// The page of a session that is still open.
pub(super) fn checkout(session: &Session) -> String {
    let lines: String = session
        .lines
        .iter()
        .map(|line| row(session, line))
        .collect();
    let total = escape(&session.currency.write(session.total));
    let body = format!(
        "<h1>Checkout</h1>\
         <table><thead><tr><th scope=\"col\">Item</th><th scope=\"col\">Amount</th></tr></thead>\
         <tbody>{lines}</tbody>\
         <tfoot><tr><td>Total</td><td>{total}</td></tr></tfoot></table>\
         <form method=\"post\">\
         <button class=\"pay\" name=\"action\" value=\"pay\">Pay {total}</button>\
         <button name=\"action\" value=\"decline\">Decline the card</button>\
         <button name=\"action\" value=\"expire\">Let the session expire</button>\
         </form>"
    );
    document("Checkout", &body)
}

fn row(session: &Session, line: &Line) -> String {
    let item = &line.item;
    let amount = item.amount().map(|amount| session.currency.write(amount));
    let description = item
        .description
        .as_ref()
        .map(|text| format!("<br><small>{}</small>", escape(text)));
    format!(
        "<tr><td>{name}{description}<br><small>{quantity} at {price}</small></td>\
         <td>{amount}</td></tr>",
        name = escape(&item.name),
        description = description.unwrap_or_default(),
        quantity = item.quantity,
        price = escape(&session.currency.write(item.unit_amount)),
        amount = escape(&amount.unwrap_or_default()),
    )
}

/// The page of a session that has been paid, or is about to be.
pub(super) fn complete(session: &Session) -> String {
    let url = &session.terms.success_url;
    let url = url.replace("{CHECKOUT_SESSION_ID}", &session.id);
    outcome("Already complete", "This checkout is complete.", Some(&url))
}

/// The page of a session whose time is over.
pub(super) fn expired(session: &Session) -> String {
    let message = "This checkout has expired. Nothing was charged.";
    outcome("Expired", message, session.terms.cancel_url.as_deref())
}

/// A page that only says something.
pub(super) fn message(title: &str, message: &str) -> String {
    outcome(title, message, None)
}

fn outcome(title: &str, message: &str, back: Option<&str>) -> String {
    let back = back.map(|url| format!("<p><a href=\"{}\">Back to the shop</a></p>", escape(url)));
    let body = format!(
        "<h1>{title}</h1><p>{message}</p>{back}",
        title = escape(title),
        message = escape(message),
        back = back.unwrap_or_default(),
    );
    document(title, &body)
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\">\
         <title>{title} · SANDBOX</title><style>{STYLE}</style></head>\
         <body><div class=\"banner\" role=\"note\">SANDBOX · no money moves here</div>\
         <main>{body}</main></body></html>",
        title = escape(title),
    )
}

/// Text that stays text in HTML, in quoted attributes included.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_seller_writes_stays_text() {
        let page = message("<script>", "\" onload='x' & more");
        assert!(page.contains("&lt;script&gt;"));
        assert!(page.contains("&quot; onload=&#39;x&#39; &amp; more"));
        assert!(!page.contains("<script>"));
    }
}
