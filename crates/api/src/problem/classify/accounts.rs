use udam_domain::account::{AttemptKind, NameRefused};
use udam_domain::marketplace::{
    ChangeEmailError, ChangePasswordError, DeleteAccountError, LogInError, RegisterError,
    RenameError, ResetPasswordError,
};
use udam_domain::{RequestLinkError, UseLinkError};

use super::{Classification, Classify, expected, tried_too_often};
use crate::problem::{Limited, LogInChallenge, Problem};

impl Classify for RegisterError {
    fn classify(&self) -> Classification {
        match self {
            Self::EmailTaken => expected(Problem::EmailTaken),
            Self::Name(error) => error.classify(),
            Self::WeakPassword(rule) => expected(Problem::field("password", rule)),
            Self::Hashing(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for NameRefused {
    fn classify(&self) -> Classification {
        expected(match self {
            Self::Hidden(rule) => Problem::field("name", rule),
            Self::Reserved => Problem::NameReserved,
            Self::Taken => Problem::NameTaken,
        })
    }
}

impl Classify for RenameError {
    fn classify(&self) -> Classification {
        match self {
            Self::Name(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for LogInError {
    fn classify(&self) -> Classification {
        match self {
            Self::InvalidCredentials => expected(Problem::InvalidCredentials),
            Self::SecondFactorRequired { secret, expires_at } => {
                let challenge = LogInChallenge {
                    secret: secret.clone(),
                    expires_at: *expires_at,
                };
                expected(Problem::SecondFactorRequired(challenge))
            }
            Self::Suspended => expected(Problem::Suspended),
            Self::TooManyAttempts(limited) => tried_too_often(AttemptKind::Password, limited),
            Self::Hashing(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ChangePasswordError {
    fn classify(&self) -> Classification {
        match self {
            Self::InvalidCredentials => expected(Problem::InvalidCredentials),
            Self::TooManyAttempts(limited) => tried_too_often(AttemptKind::Password, limited),
            Self::WeakPassword(rule) => expected(Problem::field("new_password", rule)),
            Self::Hashing(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for UseLinkError {
    fn classify(&self) -> Classification {
        match self {
            Self::Spent => expected(Problem::field(
                "token",
                "must be of a link that was sent within the hour and not used yet",
            )),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for RequestLinkError {
    fn classify(&self) -> Classification {
        match self {
            Self::TooMany(retry) => expected(Problem::RateLimited(Limited::links(retry.seconds))),
            Self::AlreadyVerified => {
                expected(Problem::field("email", "must be an address to verify"))
            }
            Self::NameTaken => expected(Problem::NameTaken),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for DeleteAccountError {
    fn classify(&self) -> Classification {
        match self {
            Self::InvalidCredentials => expected(Problem::InvalidCredentials),
            Self::TooManyAttempts(limited) => tried_too_often(AttemptKind::Password, limited),
            Self::StillNeeded(found) => expected(Problem::AccountNeeded(found.clone())),
            Self::Hashing(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ResetPasswordError {
    fn classify(&self) -> Classification {
        match self {
            Self::Link(error) => error.classify(),
            Self::WeakPassword(rule) => expected(Problem::field("password", rule)),
            Self::Hashing(error) => error.classify(),
        }
    }
}

impl Classify for ChangeEmailError {
    fn classify(&self) -> Classification {
        match self {
            Self::InvalidCredentials => expected(Problem::InvalidCredentials),
            Self::TooManyAttempts(limited) => tried_too_often(AttemptKind::Password, limited),
            Self::SameAddress => expected(Problem::field(
                "email",
                "must be another address than the account has",
            )),
            Self::Link(error) => error.classify(),
            Self::Hashing(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}
