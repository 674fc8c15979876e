use std::error::Error;

use actix_web::HttpResponse;
use udam_web::body::ReadBodyError;
use udam_web::{Failure, RateLimited, RateReport, RequestId, Severity};

use super::{KeptOrder, Limited, Problem};

/// A problem for the client, with its cause for the log.
#[derive(Debug)]
pub(crate) struct ApiError {
    /// For the client.
    pub(crate) problem: Problem,
    /// Severity in the access log.
    pub(crate) severity: Severity,
    /// For the log. Never part of a response.
    pub(crate) cause: Option<Box<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// Adds the order that is kept, if the payment provider has failed or refuses, or is not to be called yet.
    pub(crate) fn about(mut self, order: KeptOrder) -> Self {
        match &mut self.problem {
            Problem::PaymentProviderError(about) => *about = Some(order.id),
            Problem::PaymentRefused(about) | Problem::TooManyCheckouts(_, about) => {
                *about = Some(order);
            }
            _ => {}
        }
        self
    }

    /// The limit of the account that is used up, if one is.
    pub(crate) const fn limit_of_account(&self) -> Option<RateReport> {
        match &self.problem {
            Problem::RateLimited(limited) => limited.of_account,
            _ => None,
        }
    }

    /// The response, with what the access log reports in its extensions.
    pub(crate) fn into_response(self, id: Option<&RequestId>) -> HttpResponse {
        let mut response = self.problem.answer(id);
        response.extensions_mut().insert(Failure {
            code: self.problem.code().name(),
            severity: self.severity,
            cause: self.cause,
        });
        response
    }
}

impl From<RateLimited> for ApiError {
    fn from(limited: RateLimited) -> Self {
        Problem::RateLimited(Limited::by_address(limited.retry_after)).into()
    }
}

impl From<ReadBodyError> for ApiError {
    fn from(error: ReadBodyError) -> Self {
        let severity = match error {
            ReadBodyError::Overloaded => Severity::Overloaded,
            _ => Severity::Expected,
        };
        Self {
            severity,
            ..Problem::from(error).into()
        }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            severity: Severity::Expected,
            cause: None,
        }
    }
}

/// Both values, or the field errors of either merged.
pub(crate) fn merged<A, B>(
    a: Result<A, ApiError>,
    b: Result<B, ApiError>,
) -> Result<(A, B), ApiError> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
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
    use actix_web::body::to_bytes;
    use udam_domain::{StoreError, error_chain};

    use super::*;

    #[actix_web::test]
    async fn a_client_gets_nothing_of_the_cause_and_the_log_gets_it() {
        let error = ApiError::from(StoreError::Failed("disk full".into()));
        assert_eq!(error.problem, Problem::InternalError);
        let response = error.into_response(None);
        {
            let extensions = response.extensions();
            let failure = extensions.get::<Failure>().unwrap();
            assert_eq!(failure.code, "internal_error");
            assert_eq!(failure.severity, Severity::Broken);
            let cause = error_chain(failure.cause.as_deref().unwrap());
            assert!(cause.contains("disk full"), "{cause}");
        }
        let body = to_bytes(response.into_body()).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("internal_error") && !body.contains("disk full"));
    }

    #[test]
    fn errors_of_header_and_body_are_reported_together() {
        let a = Err::<(), _>(Problem::field("a", "must").into());
        let b = Err::<(), _>(Problem::field("b", "must").into());
        let Problem::InvalidRequest(errors) = merged(a, b).unwrap_err().problem else {
            panic!("not invalid")
        };
        assert_eq!(errors.len(), 2);
        let a = Err::<(), _>(Problem::field("a", "must").into());
        let b = Err::<(), _>(Problem::MalformedJson.into());
        assert_eq!(merged(a, b).unwrap_err().problem, Problem::MalformedJson);
    }
}
