//! Accounts and sessions.

pub(crate) mod change_email;
pub(crate) mod forgot_password;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod logout_everywhere;
pub(crate) mod password;
pub(crate) mod recovery_codes;
pub(crate) mod register;
pub(crate) mod reset_password;
pub(crate) mod sessions;
pub(crate) mod step_up;
pub(crate) mod totp;
pub(crate) mod verify_email;

use anyhow::Result;
use udam_testkit::{Client, Market, PASSWORD, Response, unique_email};

use crate::assertions::{assert_fields, assert_id, assert_json, assert_no_store, assert_timestamp};

#[track_caller]
pub(crate) fn assert_session(response: &Response, status: u16, email: &str, name: &str) {
    assert_json(response, status);
    assert_no_store(response);
    assert_fields(response.json(), &["session_token", "expires_at", "user"]);
    assert!(response.text_at("/session_token").starts_with("udam_ses_"));
    assert_timestamp(&response["expires_at"]);
    assert_fields(&response["user"], &["id", "email", "name"]);
    assert_id(&response["user"]["id"], "acc");
    assert_eq!(
        (
            response.text_at("/user/email"),
            response.text_at("/user/name")
        ),
        (email, name)
    );
}

/// Sessions of one new account, opened at the servers in turn.
pub(crate) async fn sessions(market: &Market, count: usize) -> Result<(String, Vec<Client>)> {
    let email = unique_email("ada");
    market.client()?.register(&email, PASSWORD).await?;
    let mut sessions = Vec::new();
    for number in 0..count {
        let visitor = market.client()?.at(market.address(number));
        let login = visitor.log_in(&email, PASSWORD).await?;
        sessions.push(visitor.with_session(login.text_at("/session_token")));
    }
    Ok((email, sessions))
}

/// Whether the session is accepted; all servers must agree.
pub(crate) async fn is_alive(market: &Market, session: &Client) -> Result<bool> {
    let mut statuses = Vec::new();
    for server in 0..market.servers.len() {
        statuses.push(
            session
                .at(market.address(server))
                .get("/v1/tokens")
                .await?
                .status,
        );
    }
    assert!(
        statuses.iter().all(|status| *status == statuses[0]),
        "{statuses:?}"
    );
    Ok(statuses[0] == 200)
}

/// Makes the proofs of second factors of all sessions a quarter of an hour older.
pub(crate) async fn age_proofs(market: &Market) -> Result<()> {
    let statement = "UPDATE sessions SET proved_at = proved_at - interval '15 minutes'";
    market.database.execute(statement).await
}

/// Makes all sessions this many minutes older.
pub(crate) async fn age(market: &Market, minutes: u32) -> Result<()> {
    let statement = format!(
        "UPDATE sessions SET
             created_at = created_at - interval '{minutes} minutes',
             last_seen_at = last_seen_at - interval '{minutes} minutes',
             expires_at = expires_at - interval '{minutes} minutes'"
    );
    market.database.execute(&statement).await
}
