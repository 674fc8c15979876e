use udam_domain::account::{AttemptKind, ScopeMissing, StepUpRequired};
use udam_domain::administration::NotAnOperator;
use udam_domain::marketplace::{
    BeginFactorError, ConfirmFactorError, FinishLogInError, MakeKeyError, OperatorError,
    RecoveryCodesError, RemoveFactorError, StepUpError,
};

use super::{Classification, Classify, expected, tried_too_often};
use crate::problem::Problem;

impl Classify for StepUpRequired {
    fn classify(&self) -> Classification {
        expected(Problem::StepUpRequired)
    }
}

impl Classify for OperatorError {
    fn classify(&self) -> Classification {
        match self {
            Self::Refused(NotAnOperator::NoRole) => expected(Problem::Forbidden),
            Self::Refused(NotAnOperator::NoFactor) => expected(Problem::SecondFactorNeeded),
            Self::Refused(NotAnOperator::StepUpRequired(error)) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ScopeMissing {
    fn classify(&self) -> Classification {
        expected(Problem::ScopeMissing(self.0))
    }
}

impl Classify for MakeKeyError {
    fn classify(&self) -> Classification {
        match self {
            Self::ExpiresInPast => expected(Problem::field("expires_at", "must be in the future")),
            Self::TooMany => expected(Problem::TooManyApiKeys),
            Self::StepUpRequired(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for BeginFactorError {
    fn classify(&self) -> Classification {
        match self {
            Self::InvalidCredentials => expected(Problem::InvalidCredentials),
            Self::TooManyAttempts(limited) => tried_too_often(AttemptKind::Password, limited),
            Self::StepUpRequired(error) => error.classify(),
            Self::Hashing(error) => error.classify(),
            Self::Vault(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ConfirmFactorError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotBegun => expected(Problem::NoFactorBegun),
            Self::WrongCode => expected(Problem::field(
                "code",
                "must be the one that your app shows now; check that your phone's clock is right",
            )),
            Self::StepUpRequired(error) => error.classify(),
            Self::Vault(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for RemoveFactorError {
    fn classify(&self) -> Classification {
        match self {
            Self::NoFactor => expected(Problem::SecondFactorNeeded),
            Self::StepUpRequired(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for RecoveryCodesError {
    fn classify(&self) -> Classification {
        match self {
            Self::NoFactor => expected(Problem::SecondFactorNeeded),
            Self::StepUpRequired(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for StepUpError {
    fn classify(&self) -> Classification {
        match self {
            Self::NoFactor => expected(Problem::SecondFactorNeeded),
            Self::WrongCode => expected(Problem::InvalidSecondFactor),
            Self::TooManyAttempts(limited) => tried_too_often(AttemptKind::SecondFactor, limited),
            Self::Vault(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for FinishLogInError {
    fn classify(&self) -> Classification {
        match self {
            Self::NoChallenge => expected(Problem::ChallengeExpired),
            Self::WrongCode => expected(Problem::InvalidSecondFactor),
            Self::TooManyAttempts(limited) => tried_too_often(AttemptKind::SecondFactor, limited),
            Self::Vault(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}
