use std::sync::Arc;

use crate::id::AccountId;
use crate::mail::{MailPreferences, MailPreferencesEdit, MailTopic, UnsubscribeSecret};
use crate::opaque_debug::opaque_debug;
use crate::ports::{MailPreferenceStore, StoreError, UnsubscribeMint};

/// Reads and changes the topics of mails that accounts want, also by the link in a mail that ends its topic.
#[derive(Clone)]
pub struct Subscriptions {
    store: Arc<dyn MailPreferenceStore>,
    mint: Arc<dyn UnsubscribeMint>,
}

impl Subscriptions {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(store: Arc<dyn MailPreferenceStore>, mint: Arc<dyn UnsubscribeMint>) -> Self {
        Self { store, mint }
    }

    /// The preferences of an account.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of(&self, account: AccountId) -> Result<MailPreferences, StoreError> {
        self.store.find(account).await
    }

    /// Changes the preferences of an account.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn change(
        &self,
        account: AccountId,
        edit: MailPreferencesEdit,
    ) -> Result<MailPreferences, StoreError> {
        self.store.change(account, edit).await
    }

    /// Account and topic whose mails a link ends; `None` if it is none of ours.
    #[must_use]
    pub fn ends(&self, secret: &UnsubscribeSecret) -> Option<MailTopic> {
        self.mint.recognize(secret).map(|(_, topic)| topic)
    }

    /// Ends mails by a link, which can be used again and again. Returns their topic; `None` if the link is none of ours.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn unsubscribe(
        &self,
        secret: &UnsubscribeSecret,
    ) -> Result<Option<MailTopic>, StoreError> {
        let Some((account, topic)) = self.mint.recognize(secret) else {
            return Ok(None);
        };
        let edit = MailPreferencesEdit::default().set(topic, false);
        self.store.change(account, edit).await?;
        Ok(Some(topic))
    }
}

opaque_debug!(Subscriptions);

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::fixtures::account_id;
    use crate::ports::{MockMailPreferenceStore, MockUnsubscribeMint};

    #[test]
    fn a_link_ends_its_topic_for_its_account_alone() {
        let mut store = MockMailPreferenceStore::new();
        store
            .expect_change()
            .withf(|account, edit| {
                *account == account_id(1) && edit.topics(false).eq([MailTopic::UnitsLow])
            })
            .once()
            .returning(|_, edit| Ok(edit.apply(MailPreferences::default())));
        let mut mint = MockUnsubscribeMint::new();
        mint.expect_recognize().returning(|secret| {
            (secret.expose() == "ours").then_some((account_id(1), MailTopic::UnitsLow))
        });
        let subscriptions = Subscriptions::new(Arc::new(store), Arc::new(mint));
        let end = |secret: &str| {
            let secret = UnsubscribeSecret::new(secret.to_owned());
            block_on(subscriptions.unsubscribe(&secret)).unwrap()
        };
        assert_eq!(end("ours"), Some(MailTopic::UnitsLow));
        assert_eq!(end("another's"), None);
    }
}
