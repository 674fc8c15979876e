use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::id::AccountId;
use udam_domain::mail::{MailPreferences, MailPreferencesEdit, MailTopic};
use udam_domain::{MailPreferenceStore, StoreError};

use crate::columns::{Columns, stored_as_text};
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxResult};

stored_as_text!(MailTopic);

/// Keeps which mails accounts want in PostgreSQL: a row for each topic that one does not want.
#[derive(Debug, Clone)]
pub struct PgMailPreferenceStore {
    pool: PgPool,
}

impl PgMailPreferenceStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl MailPreferenceStore for PgMailPreferenceStore {
    async fn find(&self, account: AccountId) -> Result<MailPreferences, StoreError> {
        self.pool.transaction(|tx| find(tx, account).boxed()).await
    }

    async fn change(
        &self,
        account: AccountId,
        edit: MailPreferencesEdit,
    ) -> Result<MailPreferences, StoreError> {
        self.pool
            .transaction(|tx| change(tx, account, &edit).boxed())
            .await
    }
}

const FIND: &str = "\
-- mails::preferences::find
SELECT topic FROM unwanted_mails WHERE account_id = $1";

/// The preferences of an account.
pub(super) async fn find(tx: &Transaction<'_>, account: AccountId) -> TxResult<MailPreferences> {
    let rows = tx.rows(FIND, &[&account.uuid()]).await?;
    let topics: Result<Vec<MailTopic>, _> = rows.iter().map(|row| row.read("topic")).collect();
    Ok(MailPreferences::without(topics?))
}

// An account that was deleted meanwhile has no preferences.
const END: &str = "\
-- mails::preferences::change, unwanted
INSERT INTO unwanted_mails (account_id, topic)
SELECT a.id, ended.topic FROM accounts a CROSS JOIN unnest($2::text[]) AS ended (topic)
WHERE a.id = $1 ORDER BY ended.topic
ON CONFLICT DO NOTHING";

const RESUME: &str = "\
-- mails::preferences::change, wanted
DELETE FROM unwanted_mails WHERE account_id = $1 AND topic = ANY ($2)";

async fn change(
    tx: &Transaction<'_>,
    account: AccountId,
    edit: &MailPreferencesEdit,
) -> TxResult<MailPreferences> {
    for (statement, is_wanted) in [(END, false), (RESUME, true)] {
        let topics: Vec<&str> = edit.topics(is_wanted).map(<&str>::from).collect();
        if !topics.is_empty() {
            tx.run(statement, &[&account.uuid(), &topics]).await?;
        }
    }
    find(tx, account).await
}
