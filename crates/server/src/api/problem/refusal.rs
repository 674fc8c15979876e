use std::error::Error;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use udam_domain::id::OrderId;

use super::Problem;

/// How loudly the log speaks of a call that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// A client's own doing, or the rules'.
    Expected,
    /// The server is short of something for now.
    Strained,
    /// Something is broken and needs a person.
    Broken,
}

/// A problem together with its cause: the one is for the client, the other for the log.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What the client is told.
    pub(crate) problem: Problem,
    /// How loudly the log speaks of it.
    pub(crate) severity: Severity,
    /// What the log is told. Never part of an answer.
    pub(crate) cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Refusal {
    /// Names the order that is kept, where the payment provider has failed.
    pub(crate) fn about(mut self, order: OrderId) -> Self {
        if let Problem::PaymentProviderError(about) = &mut self.problem {
            *about = Some(order);
        }
        self
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            severity: Severity::Expected,
            cause: None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem.code().name())
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.problem.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.problem.answer(None)
    }
}

/// Both, or all that is wrong with either.
pub(crate) fn both<A, B>(a: Result<A, Refusal>, b: Result<B, Refusal>) -> Result<(A, B), Refusal> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(refusal), Ok(_)) | (Ok(_), Err(refusal)) => Err(refusal),
        (Err(a), Err(b)) => Err(match (a.problem, b.problem) {
            (Problem::InvalidRequest(mut errors), Problem::InvalidRequest(more)) => {
                errors.extend(more);
                Problem::InvalidRequest(errors).into()
            }
            // What cannot be read at all comes first.
            (Problem::InvalidRequest(_), problem) | (problem, _) => problem.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::StoreError;

    use super::*;

    #[test]
    fn a_client_gets_nothing_of_the_cause() {
        let refusal = Refusal::from(StoreError::Failed("disk full".into()));
        assert_eq!(refusal.to_string(), "internal_error");
        assert_eq!(refusal.problem, Problem::InternalError);
        assert_eq!(refusal.severity, Severity::Broken);
    }

    #[test]
    fn what_is_wrong_with_header_and_body_is_told_together() {
        let a = Err::<(), _>(Problem::field("a", "must").into());
        let b = Err::<(), _>(Problem::field("b", "must").into());
        let Problem::InvalidRequest(errors) = both(a, b).unwrap_err().problem else {
            panic!("not invalid")
        };
        assert_eq!(errors.len(), 2);
        let a = Err::<(), _>(Problem::field("a", "must").into());
        let b = Err::<(), _>(Problem::MalformedJson.into());
        assert_eq!(both(a, b).unwrap_err().problem, Problem::MalformedJson);
    }
}
