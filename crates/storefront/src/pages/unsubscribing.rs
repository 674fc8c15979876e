//! Ending mails of a topic by the link that is in them (RFC 8058).

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::mail::{MailTopic, UnsubscribeSecret};

use super::account::mail::topic_text;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private};

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct UnsubscribePage {
    layout: Layout,
    /// Secret of the link.
    link: String,
    /// Account and topic whose mails it ends; `None` if it is none of ours.
    topic: Option<&'static str>,
    is_done: bool,
}

/// Shows a button. Following the link ends nothing: programs that check mails do so as well.
pub(crate) async fn show(request: Request) -> PageResult {
    let secret = secret(&request);
    let topic = request.marketplace().subscriptions.ends(&secret);
    page(&request, topic, false)
}

/// Ends the mails, for a person who has pressed the button here or in a mail program.
pub(crate) async fn submit(request: Request) -> PageResult {
    let secret = secret(&request);
    let subscriptions = &request.marketplace().subscriptions;
    let topic = subscriptions.unsubscribe(&secret).await?;
    page(&request, topic, true)
}

fn secret(request: &Request) -> UnsubscribeSecret {
    UnsubscribeSecret::new(request.form.value("link").to_owned())
}

fn page(request: &Request, topic: Option<MailTopic>, is_done: bool) -> PageResult {
    let status = match topic {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    };
    let page = UnsubscribePage {
        layout: request.layout(),
        link: request.form.value("link").to_owned(),
        topic: topic.map(topic_text),
        is_done,
    };
    private(status, &page)
}

#[cfg(test)]
mod tests {
    use actix_web::http::{StatusCode, header};
    use actix_web::test::TestRequest;
    use udam_domain::mail::{MailPreferences, MailPreferencesEdit, MailTopic};
    use udam_domain::mocks::account_id;

    use crate::testing::TestStore;

    fn store() -> TestStore {
        let mut store = TestStore::new();
        let mint = &mut store.mocks.unsubscribing;
        mint.expect_recognize().returning(|secret| {
            (secret.expose() == "udam_uns_1").then_some((account_id(1), MailTopic::SaleDigest))
        });
        store
    }

    #[actix_web::test]
    async fn following_the_link_ends_nothing_and_shows_what_it_would() {
        let page = store().get("/unsubscribe?link=udam_uns_1").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("sales of a day"), "{}", page.html);
        assert!(
            page.html
                .contains("action=\"/unsubscribe?link=udam_uns_1\"")
        );
        let unknown = store().get("/unsubscribe?link=x").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    }

    #[actix_web::test]
    async fn one_click_needs_no_session_no_origin_and_any_form() {
        for media_type in [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=b",
        ] {
            let mut store = store();
            let edit = MailPreferencesEdit::default().set(MailTopic::SaleDigest, false);
            store
                .mocks
                .mail_preferences
                .expect_change()
                .withf(move |account, asked| *account == account_id(1) && *asked == edit)
                .once()
                .returning(|_, _| Ok(MailPreferences::default()));
            let request = TestRequest::post()
                .uri("/unsubscribe?link=udam_uns_1")
                .insert_header((header::CONTENT_TYPE, media_type))
                .set_payload("List-Unsubscribe=One-Click");
            let page = store.request(request).await;
            assert_eq!(page.status, StatusCode::OK);
        }
        let request = TestRequest::post().uri("/unsubscribe?link=x");
        let page = store().request(request).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
}
