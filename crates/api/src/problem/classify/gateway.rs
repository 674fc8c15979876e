use udam_domain::IssueAccessKeyError;
use udam_domain::listing::NotCallable;
use udam_domain::marketplace::ProbeError;
use udam_domain::token::TokenStatus;

use super::{Classification, Classify, Problem, expected};

/// The number is [`ApiKey::SHORTEST_CALLABLE`](udam_domain::listing::ApiKey::SHORTEST_CALLABLE).
const SHORT_KEY: &str = "must have 8 characters or more if the service is sold through the gateway, which overwrites the key \
     wherever an answer repeats it; send a longer key of the service";

impl Classify for NotCallable {
    fn classify(&self) -> Classification {
        let rule = match self {
            Self::NoEndpoint => {
                "must be given: the gateway calls the service there, now or for those who have bought calls"
            }
            Self::Template => "must not have variables if the service is sold through the gateway",
            Self::NotEncrypted => "must be https if the service is sold through the gateway",
            Self::NoBase => {
                "must have neither a query nor a fragment if the service is sold through the gateway, which adds \
                 the paths of calls to it"
            }
            Self::ShortKey => return expected(Problem::field("api_key", SHORT_KEY)),
        };
        expected(Problem::field("endpoint_url", rule))
    }
}

impl Classify for IssueAccessKeyError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::NotThroughGateway => expected(Problem::TokenRevealsKey),
            Self::NotActive(TokenStatus::Revoked) => expected(Problem::TokenRevoked),
            Self::NotActive(TokenStatus::Expired) => expected(Problem::TokenExpired),
            Self::NotActive(TokenStatus::Suspended | TokenStatus::Active) => {
                expected(Problem::TokenSuspended)
            }
            Self::ExpiresInPast => expected(Problem::field("expires_at", "must be in the future")),
            Self::TooMany => expected(Problem::TooManyAccessKeys),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ProbeError {
    fn classify(&self) -> Classification {
        match self {
            // The handler turns a failed probe into a response of its own, before it gets here.
            Self::NotFound | Self::Failed(_) => expected(Problem::NotFound),
            Self::Vault(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}
