//! How commands end.

use std::error::Error;
use std::io;
use std::iter;
use std::process::ExitCode;

use thiserror::Error;
use udam_config::ConfigError;
use udam_domain::listing::KeyIdError;
use udam_domain::{StoreError, error_chain};

#[cfg(feature = "dev")]
use crate::dev::DevError;
use crate::maintenance::{
    AlertsError, AuditError, HoldsError, MailCommandError, MigrationError, ReceiptsError,
    RemoveFactorFailure, RolesError, RotationError, VerificationError,
};
use crate::serve::ServeError;
use crate::terminal::TerminalError;

/// Outcome of a command that completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandOutcome {
    /// It found nothing wrong.
    Success,
    /// It found problems and has listed them.
    ProblemsFound,
}

/// Error of a command.
#[derive(Debug, Error)]
pub enum Failure {
    /// Its settings are wrong.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// The async runtime could not be started.
    #[error("the runtime could not be started")]
    Runtime(#[from] io::Error),
    /// Standard output could not be written.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// A new key could not be named.
    #[error("the new key could not be named; choose a name with --id")]
    KeyId(#[from] KeyIdError),
    /// `udam serve` failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// `udam dev` failed.
    #[cfg(feature = "dev")]
    #[error(transparent)]
    Dev(#[from] DevError),
    /// `udam migrate` failed.
    #[error(transparent)]
    Migrate(#[from] MigrationError),
    /// `udam keys rotate` failed.
    #[error(transparent)]
    Rotate(#[from] RotationError),
    /// `udam verify` failed.
    #[error(transparent)]
    Verify(#[from] VerificationError),
    /// `udam alerts` failed.
    #[error(transparent)]
    Alerts(#[from] AlertsError),
    /// `udam admin` failed.
    #[error(transparent)]
    Roles(#[from] RolesError),
    /// `udam holds` failed.
    #[error(transparent)]
    Holds(#[from] HoldsError),
    /// `udam audit` failed.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// `udam accounts remove-factor` failed.
    #[error(transparent)]
    RemoveFactor(#[from] RemoveFactorFailure),
    /// `udam mail` or `udam accounts reset-link` failed.
    #[error(transparent)]
    Mail(#[from] MailCommandError),
    /// `udam receipts` failed.
    #[error(transparent)]
    Receipts(#[from] ReceiptsError),
}

impl From<CommandOutcome> for ExitCode {
    fn from(outcome: CommandOutcome) -> Self {
        match outcome {
            CommandOutcome::Success => Self::SUCCESS,
            CommandOutcome::ProblemsFound => Self::FAILURE,
        }
    }
}

impl Failure {
    /// The error with its causes, and advice on a database that could not be reached.
    #[must_use]
    pub fn error_chain(&self) -> String {
        let mut message = error_chain(self);
        if self.is_unreachable_database() {
            message.push_str(
                "; check DATABASE_URL: whether PostgreSQL runs at its host and port, and has the user, \
                 the password and the database that it names",
            );
        }
        message
    }

    fn is_unreachable_database(&self) -> bool {
        #[cfg(feature = "dev")]
        if matches!(self, Self::Dev(_)) {
            // It has a database of its own.
            return false;
        }
        let mut causes = iter::successors(self.source(), |&cause: &&(dyn Error + 'static)| {
            cause.source()
        });
        causes.any(|cause| {
            let error = cause.downcast_ref::<StoreError>();
            matches!(error, Some(StoreError::Unreachable(_)))
        })
    }

    /// 2 for invalid settings, as for an invalid command line; 1 for anything else.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Settings(_) => ExitCode::from(2),
            #[cfg(feature = "dev")]
            Self::Dev(_) => ExitCode::FAILURE,
            Self::Runtime(_)
            | Self::Terminal(_)
            | Self::KeyId(_)
            | Self::Serve(_)
            | Self::Migrate(_)
            | Self::Rotate(_)
            | Self::Verify(_)
            | Self::Alerts(_)
            | Self::Roles(_)
            | Self::Holds(_)
            | Self::Audit(_)
            | Self::RemoveFactor(_)
            | Self::Mail(_)
            | Self::Receipts(_) => ExitCode::FAILURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use udam_postgres::MigrateError;

    use super::*;
    use crate::master_keys::MasterKeysError;

    #[test]
    fn a_database_that_is_not_reached_leads_to_its_url() {
        let unreachable = || StoreError::Unreachable("password authentication failed".into());
        let chain_of = |failure: Failure| failure.error_chain();
        let serving = chain_of(ServeError::Unreachable(unreachable()).into());
        assert_eq!(
            serving,
            "the database could not be reached: the store could not be reached: \
             password authentication failed; check DATABASE_URL: whether PostgreSQL runs at its host \
             and port, and has the user, the password and the database that it names"
        );
        for failure in [
            ServeError::from(unreachable()).into(),
            MigrationError::from(MigrateError::from(unreachable())).into(),
            RotationError::from(MasterKeysError::from(unreachable())).into(),
            VerificationError::from(unreachable()).into(),
        ] {
            assert!(chain_of(failure).contains("check DATABASE_URL"));
        }
        let busy = chain_of(ServeError::from(StoreError::Overloaded).into());
        assert!(!busy.contains("DATABASE_URL"), "{busy}");
        #[cfg(feature = "dev")]
        {
            let own = chain_of(DevError::from(MigrateError::from(unreachable())).into());
            assert!(!own.contains("DATABASE_URL"), "{own}");
        }
    }
}
