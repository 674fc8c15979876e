use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::wait::wait_for;

/// A mail server on this machine, which keeps what it accepts, and fails as it is told.
///
/// It speaks as much of RFC 5321 as a client needs that sends mails.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

/// A mail that was accepted.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    /// Address that it is for.
    pub to: String,
    /// Its headers and its body, decoded.
    pub text: String,
}

/// Failure of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFault {
    /// Refuses a recipient for now.
    Later,
    /// Refuses a recipient for good.
    Never,
    /// Accepts a mail, but breaks the connection before it says so.
    CutAfterData,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<ReceivedMail>,
    faults: Vec<MailFault>,
    delay: Duration,
}

impl MailServer {
    /// Starts it at a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                // A client that leaves is its own affair.
                tokio::spawn(async move { drop(serve(stream, &state).await) });
            }
        });
        Ok(Self {
            address,
            state,
            serving,
        })
    }

    /// The settings of a server that sends through it, with links to `http://market.example.com`.
    #[must_use]
    pub fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("UDAM_SMTP_URL", self.url()),
            ("UDAM_MAIL_FROM", "Market <market@example.com>".to_owned()),
            ("UDAM_PUBLIC_URL", "http://market.example.com".to_owned()),
        ]
    }

    /// Its URL. It asks for no name.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Fails so next, once for each.
    pub fn fail(&self, faults: impl IntoIterator<Item = MailFault>) {
        self.locked(|state| state.faults.extend(faults));
    }

    /// Takes this long for each mail.
    pub fn delay(&self, delay: Duration) {
        self.locked(|state| state.delay = delay);
    }

    /// All mails that were accepted, in order.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedMail> {
        self.locked(|state| state.received.clone())
    }

    /// Waits for the next mail to this address whose subject contains `subject`, and takes it.
    pub async fn mail(&self, to: &str, subject: &str) -> Result<ReceivedMail> {
        wait_for(&format!("a mail to {to}: {subject}"), async || {
            Ok(self.take(to, subject))
        })
        .await
    }

    fn take(&self, to: &str, subject: &str) -> Option<ReceivedMail> {
        self.locked(|state| {
            let mut all = state.received.iter();
            let found = all.position(|mail| mail.to == to && mail.subject().contains(subject))?;
            Some(state.received.remove(found))
        })
    }

    fn locked<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl ReceivedMail {
    /// Value of a header; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let found = head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        found.unwrap_or_default()
    }

    /// Its subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.header("subject")
    }

    /// Path and query of the first link in it that has a secret.
    pub fn link(&self) -> Result<&str> {
        let (_, rest) = self
            .text
            .split_once("http://market.example.com")
            .context("the mail has no link")?;
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest.get(..end).context("the mail has no link")
    }

    /// Secret of its link.
    pub fn secret(&self) -> Result<&str> {
        let (_, secret) = self
            .link()?
            .split_once("link=")
            .context("the link has no secret")?;
        Ok(secret)
    }
}

/// Speaks with one client.
async fn serve(stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let mut to = String::new();
    writing.write_all(b"220 mail.example.com ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default();
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => "250 mail.example.com",
            "MAIL" | "RSET" | "NOOP" => "250 OK",
            "RCPT" => match fault(state, |fault| fault != MailFault::CutAfterData) {
                Some(MailFault::Later) => "451 4.3.0 try again later",
                Some(_) => "550 5.1.1 no such mailbox",
                None => {
                    to = recipient(&line);
                    "250 OK"
                }
            },
            "DATA" => {
                writing.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push_str("\r\n");
                }
                let delay = locked(state).delay;
                tokio::time::sleep(delay).await;
                let (to, text) = (std::mem::take(&mut to), decoded(&text));
                locked(state).received.push(ReceivedMail { to, text });
                if fault(state, |fault| fault == MailFault::CutAfterData).is_some() {
                    return Ok(());
                }
                "250 OK"
            }
            "QUIT" => {
                writing.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "502 5.5.1 unknown",
        };
        writing
            .write_all(format!("{answer}\r\n").as_bytes())
            .await?;
    }
    Ok(())
}

/// The text with what its quoted-printable parts stand for, as far as mails of ASCII have them.
fn decoded(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    joined.replace("=3D", "=").replace("=20", " ")
}

fn locked(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the next fault, if it suits.
fn fault(state: &Mutex<State>, suits: impl Fn(MailFault) -> bool) -> Option<MailFault> {
    let mut state = locked(state);
    let next = state
        .faults
        .first()
        .copied()
        .filter(|fault| suits(*fault))?;
    state.faults.remove(0);
    Some(next)
}

fn recipient(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}
