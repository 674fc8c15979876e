//! Sessions, found by the digest of their token.

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::account::{
    Device, NewSession, Origin, PasswordHash, Session, SessionDigest, SignedIn,
};
use udam_domain::audit::{Actor, AuditAction};
use udam_domain::id::{AccountId, SessionId};
use udam_domain::mail::MailKind;
use udam_domain::page::{Page, PageRequest};
use udam_domain::policy::SessionPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{SessionStore, StoreError};

use crate::account_row::account;
use crate::audit;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::login_places;
use crate::mails::{self, Facts, NewMail};
use crate::paging;
use crate::pool::{Client, PgPool};
use crate::transaction::{Parameters, Transaction, TxResult};

/// Stores sessions in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgSessionStore {
    pool: PgPool,
}

impl PgSessionStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl SessionStore for PgSessionStore {
    async fn open(
        &self,
        session: NewSession,
        verified: Option<PasswordHash>,
    ) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| open(tx, &session, verified.as_ref()).boxed())
            .await
    }

    async fn authenticate(
        &self,
        digest: SessionDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, StoreError> {
        let client = self.pool.client().await?;
        let digest = digest.as_bytes().as_slice();
        let Some(row) = client.row(AUTHENTICATE, &[&digest]).await? else {
            return Ok(None);
        };
        let (account, mut session) = (account(&row)?, session(&row)?);
        if !session.is_alive(&policy, now) {
            return Ok(None);
        }
        if SessionPolicy::is_worth_noting(session.last_seen_at, now) {
            record_use(&client, &session, now).await?;
            session.last_seen_at = now;
        }
        Ok(Some(SignedIn {
            account,
            session,
            has_factor: row.read("has_factor")?,
            has_role: row.read("has_role")?,
        }))
    }

    async fn of_account(
        &self,
        account: AccountId,
        policy: SessionPolicy,
        now: Timestamp,
        page: PageRequest<SessionId>,
    ) -> Result<Page<Session, SessionId>, StoreError> {
        let before = paging::before(page.after.map(SessionId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let asked: Parameters<'_> = &[
            &account.uuid(),
            &before,
            &now,
            &policy.idle_cutoff(now),
            &limit,
        ];
        let found = client.rows(OF_ACCOUNT, asked).await?;
        let sessions = found.iter().map(session).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(
            sessions,
            page.limit,
            |session: &Session| session.id,
        ))
    }

    async fn end(
        &self,
        actor: Actor,
        session: SessionId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| end(tx, actor, session, at).boxed())
            .await
    }

    async fn end_all(&self, actor: Actor, at: Timestamp) -> Result<(), StoreError> {
        // Locks several rows, and may therefore deadlock with another such call: transactions are retried.
        self.pool
            .transaction(|tx| end_all(tx, actor, at).boxed())
            .await
    }
}

const AUTHENTICATE: &str = "\
-- PgSessionStore::authenticate
SELECT s.id, s.account_id, s.device, s.address, s.created_at, s.last_seen_at, s.expires_at, s.proved_at,
    a.email, a.name, a.totp_id IS NOT NULL AS has_factor,
    EXISTS (SELECT FROM account_roles r WHERE r.account_id = a.id) AS has_role
FROM sessions s JOIN accounts a ON a.id = s.account_id
WHERE s.token_digest = $1";

// The conditions on times are those of `SessionPolicy::admits`. Applied to the rows afterwards, they would
// leave pages short.
const OF_ACCOUNT: &str = "\
-- PgSessionStore::of_account
SELECT id, account_id, device, address, created_at, last_seen_at, expires_at, proved_at
FROM sessions
WHERE account_id = $1 AND id < $2 AND expires_at > $3 AND last_seen_at > $4
ORDER BY id DESC LIMIT $5";

fn session(row: &Row) -> Result<Session, Unreadable> {
    Ok(Session {
        id: row.read("id")?,
        account_id: row.read("account_id")?,
        origin: Origin {
            address: row.read("address")?,
            device: row.read("device")?,
        },
        created_at: row.read("created_at")?,
        last_seen_at: row.read("last_seen_at")?,
        expires_at: row.read("expires_at")?,
        proved_at: row.read("proved_at")?,
    })
}

/// Opens a session; `false` if the account's password hash is no longer `verified`, it has a factor that the session has not
/// proved, or the account is suspended.
async fn open(
    tx: &Transaction<'_>,
    new: &NewSession,
    verified: Option<&PasswordHash>,
) -> TxResult<bool> {
    // Locked until the session is inserted: a change of password and a suspension end all sessions, and must not miss it.
    const IS_VERIFIED: &str = "\
-- sessions::open, account
SELECT id FROM accounts
WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $2 AND suspended_at IS NULL
    AND deleted_at IS NULL AND (totp_id IS NULL OR $3)
FOR SHARE";
    let session = &new.session;
    let verified = verified.map(PasswordHash::as_phc);
    let is_proved = session.proved_at.is_some();
    let expected: Parameters<'_> = &[&session.account_id.uuid(), &verified, &is_proved];
    if tx.row(IS_VERIFIED, expected).await?.is_none() {
        return Ok(false);
    }
    delete_expired(tx, session).await?;
    insert(tx, new).await?;
    Ok(true)
}

/// Deletes the expired sessions of the account of a new one. It is done nowhere else: an account so never has more rows than
/// it opens sessions in the lifetime of one.
pub(crate) async fn delete_expired(
    tx: &Transaction<'_>,
    new: &Session,
) -> Result<(), tokio_postgres::Error> {
    const DELETE_EXPIRED: &str = "\
-- sessions::delete_expired
DELETE FROM sessions WHERE account_id = $1 AND expires_at <= $2";

    let expired: Parameters<'_> = &[&new.account_id.uuid(), &new.created_at];
    tx.run(DELETE_EXPIRED, expired).await.map(drop)
}

/// Inserts a session, the places that its account logs in from, and the audit record of the login.
pub(crate) async fn insert(
    tx: &Transaction<'_>,
    new: &NewSession,
) -> Result<(), tokio_postgres::Error> {
    const INSERT: &str = "\
-- sessions::insert
INSERT INTO sessions
    (id, account_id, token_digest, device, address, created_at, last_seen_at, expires_at, proved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    let session = &new.session;
    tx.run(
        INSERT,
        &[
            &session.id.uuid(),
            &session.account_id.uuid(),
            &new.digest.as_bytes().as_slice(),
            &session.origin.device.as_ref().map(Device::as_str),
            &session.origin.address,
            &session.created_at,
            &session.last_seen_at,
            &session.expires_at,
            &session.proved_at,
        ],
    )
    .await?;
    let (account, at) = (session.account_id, session.created_at);
    if login_places::is_new(tx, account, &new.places).await? {
        let origin = &session.origin;
        let mail = NewMail {
            kind: MailKind::NewSignIn,
            subject: session.id.to_string(),
            account: Some(account),
            email: None,
            facts: Facts::new_sign_in(origin.device.as_ref(), at, origin.address),
            at,
        };
        mails::enqueue(tx, mail).await?;
    }
    login_places::record(tx, account, &new.places, at).await?;
    let actor = Actor {
        account_id: account,
        address: session.origin.address,
    };
    let subject = session.id.uuid();
    audit::record(tx, AuditAction::LoggedIn, &actor, at, subject).await
}

async fn end(
    tx: &Transaction<'_>,
    actor: Actor,
    session: SessionId,
    at: Timestamp,
) -> TxResult<bool> {
    const END: &str = "\
-- sessions::end
DELETE FROM sessions WHERE account_id = $1 AND id = $2";

    let (account, session) = (actor.account_id.uuid(), session.uuid());
    if tx.run(END, &[&account, &session]).await? == 0 {
        return Ok(false);
    }
    audit::record(tx, AuditAction::LoggedOut, &actor, at, session).await?;
    Ok(true)
}

async fn end_all(tx: &Transaction<'_>, actor: Actor, at: Timestamp) -> TxResult<()> {
    const END_ALL: &str = "\
-- sessions::end_all
DELETE FROM sessions WHERE account_id = $1";

    let account = actor.account_id.uuid();
    if tx.run(END_ALL, &[&account]).await? > 0 {
        audit::record(tx, AuditAction::LoggedOutEverywhere, &actor, at, account).await?;
    }
    Ok(())
}

/// Records a use of a session. Of concurrent requests that have read the same last use, one records its own
/// and the others do not wait for it. A session that has ended meanwhile stays ended.
async fn record_use(client: &Client, session: &Session, now: Timestamp) -> Result<(), StoreError> {
    const RECORD_USE: &str = "\
-- sessions::record_use
UPDATE sessions SET last_seen_at = $3 WHERE id = (
    SELECT id FROM sessions WHERE id = $1 AND last_seen_at = $2 FOR NO KEY UPDATE SKIP LOCKED
)";

    let (id, seen) = (session.id.uuid(), session.last_seen_at);
    client.run(RECORD_USE, &[&id, &seen, &now]).await.map(drop)
}
