//! How statements reach the server: prepared on the connection, or through a pooler that shares it out anew at
//! each transaction.
//!
//! Behind PgBouncer in transaction mode, each transaction may meet another session of the server. Neither a
//! setting nor a prepared statement is still there. Settings are therefore part of `BEGIN`, and statements are
//! sent without a name, parsed at each execution. That takes no further round trips: parameter types, which the
//! driver otherwise learns by preparing, are asked for once per statement and process.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use futures::join;
use quick_cache::sync::Cache;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row, SimpleQueryMessage, Statement};

/// The parameters of a statement, `$1` first.
pub(crate) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Largest number of statements whose types are kept. There are some hundred.
const STATEMENTS: usize = 1_000;

/// The way in which a pool sends statements. A clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Statements {
    kind: Arc<Kind>,
    /// Time from which a statement is logged as slow; `None` for never.
    slow: Option<Duration>,
}

#[derive(Debug)]
enum Kind {
    /// A connection is a session of the server.
    Session,
    /// A connection is in another session at each transaction.
    Transaction {
        /// The start of a transaction, with the settings that sessions have otherwise.
        begin: String,
        types: Cache<String, Arc<[Type]>>,
    },
}

/// A statement that can be sent without waiting first.
pub(crate) struct Prepared<'a> {
    sql: &'a str,
    sent_as: SentAs,
    slow: Option<Duration>,
}

enum SentAs {
    Named(Statement),
    Unnamed(Arc<[Type]>),
}

impl Statements {
    /// For connections that are sessions.
    pub(crate) fn session() -> Self {
        Self {
            kind: Arc::new(Kind::Session),
            slow: None,
        }
    }

    /// For connections that are in another session at each transaction. `settings` are `SET LOCAL` statements.
    pub(crate) fn transaction(settings: &str) -> Self {
        Self {
            kind: Arc::new(Kind::Transaction {
                begin: format!("BEGIN ISOLATION LEVEL READ COMMITTED; {settings}"),
                types: Cache::new(STATEMENTS),
            }),
            slow: None,
        }
    }

    /// Logs statements that take so long or longer, from being sent to having all of their result.
    pub(crate) fn logging_slow(self, slow: Option<Duration>) -> Self {
        Self { slow, ..self }
    }

    /// Begins a transaction. More statements can follow it in the same text.
    pub(crate) fn begin(&self) -> &str {
        match &*self.kind {
            Kind::Session => "BEGIN;",
            Kind::Transaction { begin, .. } => begin,
        }
    }

    /// Prepares a statement on this connection, unless that has been done.
    pub(crate) async fn prepare<'a>(
        &self,
        client: &ClientWrapper,
        sql: &'a str,
    ) -> Result<Prepared<'a>, Error> {
        let sent_as = match &*self.kind {
            Kind::Session => {
                let _timer = Timer::start(self.slow, sql);
                SentAs::Named(client.prepare_cached(sql).await?)
            }
            Kind::Transaction { types, .. } => {
                SentAs::Unnamed(if let Some(known) = types.get(sql) {
                    known
                } else {
                    let learned: Arc<[Type]> = parameter_types(client, sql).await?.into();
                    types.insert(sql.to_owned(), Arc::clone(&learned));
                    learned
                })
            }
        };
        Ok(Prepared {
            sql,
            sent_as,
            slow: self.slow,
        })
    }

    /// Runs what sends one statement, as a transaction of its own. With the statement, in one round trip, go the
    /// settings that it needs.
    pub(crate) async fn alone<T>(
        &self,
        client: &ClientWrapper,
        statement: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        match &*self.kind {
            Kind::Session => statement.await,
            Kind::Transaction { begin, .. } => {
                // Sent together when first polled, so that a dropped call leaves no transaction open.
                let (begun, result, committed) = join!(
                    client.batch_execute(begin),
                    statement,
                    client.batch_execute("COMMIT")
                );
                begun?;
                let result = result?;
                committed?;
                Ok(result)
            }
        }
    }
}

impl Prepared<'_> {
    /// Returns all rows.
    pub(crate) async fn rows(
        &self,
        client: &ClientWrapper,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Error> {
        let _timer = Timer::start(self.slow, self.sql);
        match &self.sent_as {
            SentAs::Named(statement) => client.query(statement, parameters).await,
            SentAs::Unnamed(types) => {
                let parameters = typed(parameters, types);
                client.query_typed(self.sql, &parameters).await
            }
        }
    }

    /// Returns the row of a statement that has at most one.
    pub(crate) async fn row(
        &self,
        client: &ClientWrapper,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, Error> {
        let _timer = Timer::start(self.slow, self.sql);
        match &self.sent_as {
            SentAs::Named(statement) => client.query_opt(statement, parameters).await,
            SentAs::Unnamed(types) => {
                let parameters = typed(parameters, types);
                client.query_typed_opt(self.sql, &parameters).await
            }
        }
    }

    /// Returns the row of a statement that has exactly one.
    pub(crate) async fn one(
        &self,
        client: &ClientWrapper,
        parameters: Parameters<'_>,
    ) -> Result<Row, Error> {
        let _timer = Timer::start(self.slow, self.sql);
        match &self.sent_as {
            SentAs::Named(statement) => client.query_one(statement, parameters).await,
            SentAs::Unnamed(types) => {
                let parameters = typed(parameters, types);
                client.query_typed_one(self.sql, &parameters).await
            }
        }
    }

    /// Returns the number of rows that the statement changed.
    pub(crate) async fn run(
        &self,
        client: &ClientWrapper,
        parameters: Parameters<'_>,
    ) -> Result<u64, Error> {
        let _timer = Timer::start(self.slow, self.sql);
        match &self.sent_as {
            SentAs::Named(statement) => client.execute(statement, parameters).await,
            SentAs::Unnamed(types) => {
                let parameters = typed(parameters, types);
                client.execute_typed(self.sql, &parameters).await
            }
        }
    }
}

/// Logs a statement, once this is dropped, if that has taken too long: by its name alone, since parameters can be secrets.
struct Timer<'a> {
    slow: Option<Duration>,
    sql: &'a str,
    sent: Instant,
}

impl<'a> Timer<'a> {
    fn start(slow: Option<Duration>, sql: &'a str) -> Self {
        let sent = Instant::now();
        Self { slow, sql, sent }
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        let took = self.sent.elapsed();
        if self.slow.is_some_and(|slow| took >= slow) {
            let (statement, millis) = (name(self.sql), took.as_millis());
            tracing::warn!(statement, millis, "a statement was slow");
        }
    }
}

/// The name of a statement: the comment that its first line is.
fn name(sql: &str) -> &str {
    let first = sql.lines().next().unwrap_or_default();
    first.strip_prefix("-- ").unwrap_or("without a name")
}

fn typed<'a>(parameters: Parameters<'a>, types: &[Type]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    parameters
        .iter()
        .copied()
        .zip(types.iter().cloned())
        .collect()
}

/// Asks for the types of a statement's parameters. All of it is one message, which a pooler sends to one session:
/// no name is left behind there.
async fn parameter_types(client: &ClientWrapper, sql: &str) -> Result<Vec<Type>, Error> {
    // Not the name that another process uses in the same session, should one have been left behind.
    let name = format!("udam_{:x}", RandomState::new().hash_one(sql));
    let asking = format!(
        "PREPARE {name} AS {sql}\n;
        SELECT unnest(parameter_types)::oid FROM pg_prepared_statements WHERE name = '{name}';
        DEALLOCATE {name}"
    );
    let answers = client.simple_query(&asking).await?;
    let oids = answers.iter().filter_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    });
    Ok(oids
        .map(|oid| Type::from_oid(oid).unwrap_or(Type::UNKNOWN))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_named_by_its_first_line() {
        assert_eq!(name("-- tokens::find\nSELECT 1"), "tokens::find");
        assert_eq!(name("SELECT 'a secret'"), "without a name");
    }
}
