//! A cluster with a year's data, which logs the plan of each statement of watched connections.

use std::fmt::Write;
use std::fs;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use tokio_postgres::Client;
use tokio_postgres::types::{FromSqlOwned, ToSql};
use udam_domain::id::AccountId;
use udam_domain::time::Timestamp;
use udam_embedded_postgres::{Cluster, Settings};
use udam_growth::{Size, grow};
use udam_postgres::{PgPool, PoolSettings, migrate};
use uuid::Uuid;

use super::plan::Plan;
use crate::harness::connect;

/// Large enough that a scan or sort of a table exceeds every bound, and that no planner chooses one.
const SIZE: Size = Size {
    accounts: 20_000,
    listings: 60_000,
    orders: 60_000,
};

/// Server settings: log lines start with the application name, and disconnections are logged.
const LOG: [(&str, &str); 4] = [
    ("log_line_prefix", "%a|"),
    ("log_disconnections", "on"),
    ("session_preload_libraries", "auto_explain"),
    // Log no plans, except of watched connections.
    ("auto_explain.log_min_duration", "-1"),
];

/// Settings of a watched connection.
const WATCHED: [(&str, &str); 7] = [
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_analyze", "on"),
    ("auto_explain.log_timing", "off"),
    ("auto_explain.log_format", "json"),
    ("auto_explain.log_nested_statements", "on"),
    // JIT compilation would take longer than execution.
    ("jit", "off"),
    ("client_min_messages", "warning"),
];

/// Plan modes: for the values given, and once for all values.
const MODES: [&str; 2] = ["force_custom_plan", "force_generic_plan"];

/// Every token was revealed by its buyer, and every account has logged in; one buyer has done so again and again.
const AUDIT_TRAIL: &str = "
INSERT INTO audit_events (at, action, account_id, subject_id)
SELECT t.created_at + interval '1 hour', 'key_revealed', t.buyer_id, t.id FROM tokens t ORDER BY t.created_at;
INSERT INTO audit_events (at, action, account_id, subject_id)
SELECT s.created_at, 'logged_in', s.account_id, s.id FROM sessions s ORDER BY s.created_at;
INSERT INTO audit_events (at, action, account_id, subject_id)
SELECT '2025-06-01'::timestamptz + n * interval '1 minute', 'log_in_failed', NULL, a.buyer_id
FROM generate_series(1, 5000) AS n
CROSS JOIN (SELECT buyer_id FROM orders GROUP BY buyer_id ORDER BY count(*) DESC, buyer_id LIMIT 1) AS a;
INSERT INTO mails (kind, subject, account_id, written_at, ended_at, outcome)
SELECT 'payment_receipt', c.id::text, c.buyer_id, c.settled_at, c.settled_at, 'sent'
FROM charges c WHERE c.settled_at IS NOT NULL;
INSERT INTO alerts (kind, subject, charge_id, finding, first_at, last_at)
SELECT 'refund_failed', c.id::text, c.id, 'It failed.', c.created_at, c.created_at FROM charges c;
ANALYZE audit_events, mails, alerts";

/// Rows of a page, with the one that shows that more follow.
pub(crate) const PAGE: u64 = 21;

/// End of the year that the marketplace has been open for.
pub(crate) fn new_year() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

pub(crate) struct Grown {
    cluster: Cluster,
}

pub(crate) async fn grown() -> &'static Grown {
    static GROWN: OnceCell<Grown> = OnceCell::const_new();
    GROWN.get_or_init(Grown::new).await
}

impl Grown {
    async fn new() -> Self {
        let settings = Settings {
            parameters: LOG.map(|(name, value)| (name.into(), value.into())).into(),
            ..Settings::default()
        };
        let start = move || Cluster::temporary(&settings);
        let cluster = spawn_blocking(start).await.unwrap().unwrap();
        migrate(&PoolSettings::new(cluster.url().expose()))
            .await
            .unwrap();
        let client = connect(cluster.url().expose()).await;
        grow(&client, &SIZE).await.unwrap();
        client.batch_execute(AUDIT_TRAIL).await.unwrap();
        Self { cluster }
    }

    /// The account with most rows in this table.
    pub(crate) async fn busiest(&self, table: &str, column: &str) -> AccountId {
        let statement = format!(
            "SELECT {column} FROM {table} GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT 1"
        );
        AccountId::from_uuid(self.all::<Uuid>(&statement, &[]).await[0])
    }

    /// The id of this account's median row.
    pub(crate) async fn middle(&self, table: &str, column: &str, account: AccountId) -> Uuid {
        let statement = format!(
            "SELECT id FROM {table} WHERE {column} = $1 ORDER BY id
            OFFSET (SELECT count(*) / 2 FROM {table} WHERE {column} = $1) LIMIT 1"
        );
        self.all(&statement, &[&account.uuid()]).await[0]
    }

    /// A connection whose plans are not logged.
    pub(crate) async fn sql(&self) -> Client {
        connect(self.cluster.url().expose()).await
    }

    /// First column of all rows of a statement.
    pub(crate) async fn all<T: FromSqlOwned>(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Vec<T> {
        let rows = self.sql().await.query(statement, parameters).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Runs `calls` in each plan mode, and compares every statement that it executed with its bound:
    /// the most rows that a statement with this name prefix may read. `calls` gets the mode's
    /// index. Returns the faults with their plans.
    pub(crate) async fn watch(
        &self,
        bounds: &[(&str, u64)],
        calls: impl AsyncFn(PgPool, usize),
    ) -> String {
        let mut report = String::new();
        for (time, mode) in MODES.into_iter().enumerate() {
            let session = unused_name();
            calls(self.pool(mode, &session), time).await;
            let plans = self.plans_of(&session).await;
            for plan in &plans {
                let bound = bounds
                    .iter()
                    .find(|(name, _)| plan.name().starts_with(name));
                let faults = match bound {
                    Some((_, most)) => plan.faults(*most),
                    // One row at most, along the index that the key refers to.
                    None if plan.name() == "a foreign key" => plan.faults(1),
                    None => vec!["it has no bound; add one".to_owned()],
                };
                if !faults.is_empty() {
                    writeln!(report, "\n{mode}: {}\n{plan}", faults.join("; ")).unwrap();
                }
            }
            let ran = |name: &str| plans.iter().any(|plan| plan.name().starts_with(name));
            for (name, _) in bounds.iter().filter(|(name, _)| !ran(name)) {
                writeln!(report, "\n{mode}: no statement is named `{name}`").unwrap();
            }
        }
        report
    }

    /// As [`watch`](Self::watch), but panics on a fault.
    pub(crate) async fn hold(&self, bounds: &[(&str, u64)], calls: impl AsyncFn(PgPool, usize)) {
        let report = self.watch(bounds, calls).await;
        assert!(report.is_empty(), "{report}");
    }

    /// A pool of one watched connection.
    fn pool(&self, mode: &str, session: &str) -> PgPool {
        let options: Vec<String> = WATCHED
            .into_iter()
            .chain([("plan_cache_mode", mode)])
            .map(|(name, value)| format!("-c%20{name}%3D{value}"))
            .collect();
        let url = self.cluster.url();
        let url = format!(
            "{}?application_name={session}&options={}",
            url.expose(),
            options.join("%20")
        );
        let mut settings = PoolSettings::new(url);
        settings.max_connections = NonZeroUsize::MIN;
        PgPool::connect(&settings).unwrap()
    }

    /// Plans of a session's statements, once it has ended and all is logged.
    async fn plans_of(&self, session: &str) -> Vec<Plan> {
        let log = self.cluster.directory().join("postgres.log");
        let ended = format!("\n{session}|LOG:  disconnection");
        for _ in 0..500 {
            let log = String::from_utf8_lossy(&fs::read(&log).unwrap()).into_owned();
            if log.contains(&ended) {
                return plans_in(&log, session);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the session did not end, or its log is elsewhere");
    }
}

/// Parses the entries of a session; their continuation lines are indented.
fn plans_in(log: &str, session: &str) -> Vec<Plan> {
    let begins = format!("{session}|LOG:  duration: ");
    let mut lines = log.lines().peekable();
    let mut plans = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with(&begins) && line.ends_with("plan:") {
            let mut json = String::new();
            while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
                json.push_str(more);
            }
            plans.push(Plan::parse(&json));
        }
    }
    plans
}

fn unused_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("watched_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
