use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};

use udam_web::RequestId;

use super::Problem;
use crate::wire::ProblemResponse;

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// `Retry-After` of an overloaded server, in seconds.
const OVERLOAD_PAUSE: u64 = 1;

impl Problem {
    /// The response.
    #[must_use]
    pub(crate) fn answer(&self, request_id: Option<&RequestId>) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status());
        answer.insert_header((header::CONTENT_TYPE, MEDIA_TYPE));
        match self {
            Self::Unauthenticated
            | Self::InvalidCredentials
            | Self::SecondFactorRequired(_)
            | Self::InvalidSecondFactor
            | Self::ChallengeExpired => {
                answer
                    .insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
            }
            Self::BadSignature => {
                let scheme = HeaderValue::from_static("Stripe-Signature");
                answer.insert_header((header::WWW_AUTHENTICATE, scheme));
            }
            Self::MethodNotAllowed(methods) => {
                let names: Vec<_> = methods.iter().map(Method::as_str).collect();
                answer.insert_header((header::ALLOW, names.join(", ")));
            }
            Self::RateLimited(limited) => {
                answer.insert_header((header::RETRY_AFTER, limited.seconds));
            }
            Self::TooManyCheckouts(retry, _) => {
                answer.insert_header((header::RETRY_AFTER, retry.seconds));
            }
            Self::TooManyListings(refused) => {
                answer.insert_header((header::RETRY_AFTER, refused.retry.seconds));
            }
            // What is still to come of the body must not be taken for the next request.
            Self::BodyTooSlow => {
                answer.force_close();
            }
            Self::Overloaded | Self::NotReady(_) => {
                answer.insert_header((header::RETRY_AFTER, OVERLOAD_PAUSE));
            }
            _ => {}
        }
        answer.json(ProblemResponse::new(self, request_id))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Limited;
    use super::*;

    #[test]
    fn a_header_says_how_long_to_wait_how_to_sign_in_and_which_methods_there_are() {
        let header = |problem: Problem, name: &str| {
            let answer = problem.answer(None);
            let value = answer.headers().get(name).unwrap();
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(
            header(Problem::RateLimited(Limited::by_address(3)), "retry-after"),
            "3"
        );
        assert_eq!(header(Problem::Overloaded, "retry-after"), "1");
        assert_eq!(
            header(Problem::Unauthenticated, "www-authenticate"),
            "Bearer"
        );
        assert_eq!(
            header(Problem::BadSignature, "www-authenticate"),
            "Stripe-Signature"
        );
        let methods = vec![Method::GET, Method::HEAD];
        assert_eq!(
            header(Problem::MethodNotAllowed(methods), "allow"),
            "GET, HEAD"
        );
    }
}
