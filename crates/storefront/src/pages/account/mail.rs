//! Topics of mails that the account wants.

use udam_domain::mail::{MailPreferences, MailPreferencesEdit, MailTopic};

use crate::request::Request;
use crate::response::{PageResult, see_other};

/// A checkbox.
pub(super) struct TopicRow {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) is_wanted: bool,
}

/// Description of the mails of a topic.
pub(in crate::pages) const fn topic_text(topic: MailTopic) -> &'static str {
    match topic {
        MailTopic::SoldOut => "A listing of mine has sold out",
        MailTopic::UnitsLow => "Few units of a token are left",
        MailTopic::TokensExpiring => "Tokens expire in three days",
        MailTopic::SaleDigest => "My sales of a day, the day after",
    }
}

/// A checkbox for each topic.
pub(super) fn rows(preferences: &MailPreferences) -> Vec<TopicRow> {
    let rows = MailTopic::all().map(|topic| TopicRow {
        name: topic.into(),
        text: topic_text(topic),
        is_wanted: preferences.wants(topic),
    });
    rows.collect()
}

/// Saves which boxes are checked.
pub(crate) async fn change(request: Request) -> PageResult {
    let account = request.signed_in()?.account.id;
    let mut edit = MailPreferencesEdit::default();
    for topic in MailTopic::all() {
        let is_checked = !request.form.value(topic.into()).is_empty();
        edit = edit.set(topic, is_checked);
    }
    let subscriptions = &request.marketplace().subscriptions;
    subscriptions.change(account, edit).await?;
    Ok(see_other(&request.with_flash("/account", "mails")))
}
