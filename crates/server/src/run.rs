use std::io;
use std::time::Duration;

use tokio::runtime;
use udam_crypto::{SystemClock, SystemEntropy};
use udam_domain::account::Email;
use udam_domain::administration::ChangeRole;
use udam_domain::audit::AuditQuery;
use udam_domain::{Clock, WhichAlerts};

use crate::cli::{
    Accounts, Admin, Alerts, Audit, AuditCommand, Command, Holds, Keys, MailCommand, Receipts,
    Serve, SettingsArgs, Verify,
};
#[cfg(feature = "dev")]
use crate::dev::dev;
use crate::maintenance::{
    AuditCheck, AuditFormat, Completion, Consistency, Rotation, change_role, generate, id_of_today,
    list_alerts, list_holds, list_roles, migrate, print_audit, print_audit_head, print_reset_link,
    release_holds, remove_factor, resolve_alerts, rotate, send_test_mail, translate, verify,
    verify_receipt_in,
};
use crate::outcome::{CommandOutcome, Failure};
use crate::serve::{Schema, serve};
use crate::telemetry::{LogFormat, start_logging};
use crate::terminal::Terminal;
use udam_config::{
    ConfigError, DatabaseSettings, Environment, RotationSettings, SettingsSources,
    VerificationSettings,
};

/// Time for tasks that are left on the runtime to end.
const RUNTIME_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Runs a command.
///
/// # Errors
/// [`Failure`]
pub fn run(
    command: Command,
    environment: Environment,
    terminal: &mut Terminal<'_>,
) -> Result<CommandOutcome, Failure> {
    match command {
        #[cfg(feature = "dev")]
        Command::Dev(asked) => {
            let settings =
                SettingsSources::new(environment, None)?.for_development(asked.listen)?;
            block_on(dev(settings, &asked.data_dir, asked.demo_data(), terminal))??;
        }
        Command::Serve(Serve {
            settings,
            no_migrate,
        }) => {
            let settings = sources(&settings, environment)?.for_serving()?;
            let schema = if no_migrate {
                Schema::Check
            } else {
                Schema::Migrate
            };
            block_on(serve(settings, schema))??;
        }
        Command::Migrate(from) => {
            let DatabaseSettings { database, log } =
                sources(&from, environment)?.for_the_database()?;
            start_logging(log, LogFormat::for_stderr());
            block_on(migrate(&database, terminal))??;
        }
        Command::Verify(Verify {
            settings,
            audit_head,
        }) => {
            let VerificationSettings {
                database,
                master_keys,
                log,
            } = sources(&settings, environment)?.for_verification()?;
            start_logging(log, LogFormat::for_stderr());
            let audit = AuditCheck {
                master_keys,
                head: audit_head,
            };
            if block_on(verify(&database, &audit, terminal))?? == Consistency::Inconsistent {
                return Ok(CommandOutcome::ProblemsFound);
            }
        }
        Command::Keys(keys) => return run_keys(keys, environment, terminal),
        Command::Accounts(Accounts::ResetLink { settings, email }) => {
            return run_reset_link(&settings, email, environment, terminal);
        }
        Command::Accounts(Accounts::RemoveFactor { settings, email }) => {
            let found = sources(&settings, environment)?.for_the_database()?;
            start_logging(found.log, LogFormat::for_stderr());
            let now = SystemClock.now();
            let removed = remove_factor(&found.database, &email, now, terminal);
            if block_on(removed)?? == Completion::Incomplete {
                return Ok(CommandOutcome::ProblemsFound);
            }
        }
        Command::Mail(MailCommand::Test { settings, address }) => {
            let found = sources(&settings, environment)?.for_mail()?;
            start_logging(found.log, LogFormat::for_stderr());
            let now = SystemClock.now();
            let sent = send_test_mail(found.mail.as_ref(), address, now, terminal);
            block_on(sent)??;
        }
        Command::Id { ids } => translate(&ids, terminal)?,
        Command::Alerts(alerts) => return run_alerts(alerts, environment, terminal),
        Command::Admin(admin) => return run_admin(admin, environment, terminal),
        Command::Holds(holds) => return run_holds(holds, environment, terminal),
        Command::Audit(audit) => run_audit(&audit, environment, terminal)?,
        Command::Receipts(Receipts::Verify { receipt, keys }) => {
            if verify_receipt_in(&receipt, &keys, terminal)? == Completion::Incomplete {
                return Ok(CommandOutcome::ProblemsFound);
            }
        }
    }
    Ok(CommandOutcome::Success)
}

fn run_keys(
    keys: Keys,
    environment: Environment,
    terminal: &mut Terminal<'_>,
) -> Result<CommandOutcome, Failure> {
    match keys {
        Keys::Generate { id } => {
            let id = id.map_or_else(|| id_of_today(&SystemClock, &SystemEntropy), Ok)?;
            generate(id, terminal)?;
        }
        Keys::Rotate(from) => {
            let RotationSettings {
                database,
                master_keys,
                log,
            } = sources(&from, environment)?.for_rotation()?;
            start_logging(log, LogFormat::for_stderr());
            if block_on(rotate(&database, master_keys, terminal))?? == Rotation::Incomplete {
                return Ok(CommandOutcome::ProblemsFound);
            }
        }
    }
    Ok(CommandOutcome::Success)
}

fn run_reset_link(
    from: &SettingsArgs,
    email: Email,
    environment: Environment,
    terminal: &mut Terminal<'_>,
) -> Result<CommandOutcome, Failure> {
    let sources = sources(from, environment)?;
    let DatabaseSettings { database, log } = sources.for_the_database()?;
    start_logging(log, LogFormat::for_stderr());
    let url = sources.for_mail()?.public_url;
    let printed = print_reset_link(&database, url.as_ref(), email, SystemClock.now(), terminal);
    Ok(match block_on(printed)?? {
        Completion::Complete => CommandOutcome::Success,
        Completion::Incomplete => CommandOutcome::ProblemsFound,
    })
}

fn run_holds(
    holds: Holds,
    environment: Environment,
    terminal: &mut Terminal<'_>,
) -> Result<CommandOutcome, Failure> {
    let (Holds::List { settings, .. } | Holds::Release { settings, .. }) = &holds;
    let DatabaseSettings { database, log } = sources(settings, environment)?.for_the_database()?;
    start_logging(log, LogFormat::for_stderr());
    match holds {
        Holds::List { listing, .. } => {
            block_on(list_holds(&database, listing, terminal))??;
        }
        Holds::Release { orders, .. } => {
            let now = SystemClock.now();
            let released = block_on(release_holds(&database, &orders, now, terminal))??;
            if released == Completion::Incomplete {
                return Ok(CommandOutcome::ProblemsFound);
            }
        }
    }
    Ok(CommandOutcome::Success)
}

fn run_admin(
    admin: Admin,
    environment: Environment,
    terminal: &mut Terminal<'_>,
) -> Result<CommandOutcome, Failure> {
    let (Admin::Grant { settings, .. } | Admin::Revoke { settings, .. } | Admin::List(settings)) =
        &admin;
    let DatabaseSettings { database, log } = sources(settings, environment)?.for_the_database()?;
    start_logging(log, LogFormat::for_stderr());
    let (email, role, reason) = match admin {
        Admin::Grant {
            email,
            role,
            reason,
            ..
        } => (email, Some(role), reason),
        Admin::Revoke { email, reason, .. } => (email, None, reason),
        Admin::List(_) => {
            block_on(list_roles(&database, terminal))??;
            return Ok(CommandOutcome::Success);
        }
    };
    let change = ChangeRole {
        email,
        role,
        reason,
        at: SystemClock.now(),
    };
    if block_on(change_role(&database, change, terminal))?? == Completion::Incomplete {
        return Ok(CommandOutcome::ProblemsFound);
    }
    Ok(CommandOutcome::Success)
}

fn run_alerts(
    alerts: Alerts,
    environment: Environment,
    terminal: &mut Terminal<'_>,
) -> Result<CommandOutcome, Failure> {
    let (Alerts::List { settings, .. } | Alerts::Resolve { settings, .. }) = &alerts;
    let DatabaseSettings { database, log } = sources(settings, environment)?.for_the_database()?;
    start_logging(log, LogFormat::for_stderr());
    match alerts {
        Alerts::List { all, .. } => {
            let which = if all {
                WhichAlerts::All
            } else {
                WhichAlerts::Open
            };
            block_on(list_alerts(&database, which, terminal))??;
        }
        Alerts::Resolve { numbers, note, .. } => {
            let now = SystemClock.now();
            let resolved = resolve_alerts(&database, &numbers, note.as_ref(), now, terminal);
            if block_on(resolved)?? == Completion::Incomplete {
                return Ok(CommandOutcome::ProblemsFound);
            }
        }
    }
    Ok(CommandOutcome::Success)
}

fn run_audit(
    audit: &Audit,
    environment: Environment,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let from = match &audit.command {
        Some(AuditCommand::Head(from)) => from,
        None => &audit.settings,
    };
    let DatabaseSettings { database, log } = sources(from, environment)?.for_the_database()?;
    start_logging(log, LogFormat::for_stderr());
    if audit.command.is_some() {
        return Ok(block_on(print_audit_head(&database, terminal))??);
    }
    let query = AuditQuery {
        account: audit.account,
        order: audit.order,
        listing: audit.listing,
        action: audit.action,
        since: audit.since.map(|since| since.0),
        until: audit.until.map(|until| until.0),
    };
    let format = if audit.json {
        AuditFormat::Json
    } else {
        AuditFormat::Tabs
    };
    block_on(print_audit(&database, &query, format, terminal))??;
    Ok(())
}

fn sources(from: &SettingsArgs, environment: Environment) -> Result<SettingsSources, ConfigError> {
    SettingsSources::new(environment, from.config.as_deref())
}

/// Runs a future on a runtime of its own.
fn block_on<F: Future>(work: F) -> io::Result<F::Output> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(RUNTIME_SHUTDOWN_TIMEOUT);
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use udam_hosting::SHUTDOWN_TIMEOUT;

    use super::*;
    use crate::wiring::DRAIN_TIMEOUT;

    #[test]
    fn a_server_has_stopped_before_orchestrators_kill_it() {
        let bound = SHUTDOWN_TIMEOUT + DRAIN_TIMEOUT + RUNTIME_SHUTDOWN_TIMEOUT;
        assert!(bound < Duration::from_secs(30), "{bound:?}");
    }
}
