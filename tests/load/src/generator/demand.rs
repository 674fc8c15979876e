use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;

use super::connection::Answer;

/// A request as it goes out.
pub(crate) type Message = Request<Full<Bytes>>;

/// What clients ask for, and what they expect to be answered.
pub(crate) trait Demand: Send + 'static {
    /// What an answer is judged by.
    type Expected;

    /// The next request of whichever client is free.
    fn next(&mut self) -> (Message, Self::Expected);

    /// Whether the answer is the right one. Every answer passes here, so this is cheap.
    fn judge(&mut self, expected: Self::Expected, answer: &Answer) -> Verdict;
}

/// What an answer was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// What was asked for.
    Granted,
    /// A refusal that may well be.
    Refused,
    /// Anything else, told so that it can be looked into.
    Wrong(String),
}

impl Verdict {
    /// What to say of an answer that should not be.
    pub(crate) fn wrong(answer: &Answer) -> Self {
        let body = String::from_utf8_lossy(&answer.body);
        let body: String = body.chars().take(300).collect();
        Self::Wrong(format!("{}: {body}", answer.status))
    }
}
