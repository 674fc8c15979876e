//! The command line.

use std::fmt::Write;
#[cfg(feature = "dev")]
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
#[cfg(feature = "dev")]
use udam_dev::DemoData;
use udam_domain::account::Email;
use udam_domain::administration::Role;
use udam_domain::audit::{AuditAction, AuditHead, Reason};
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::listing::KeyId;

use crate::maintenance::{AnyId, Moment};
#[cfg(feature = "dev")]
use udam_config::address;
use udam_config::setting::{self, Setting};

/// UDAM, the Unified Data Marketplace: sellers list access to data services, buyers buy units of
/// it.
#[derive(Debug, Parser)]
#[command(name = "udam", version)]
pub struct CommandLine {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Commands of `udam`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the whole marketplace on this machine, with a database of its own and demo data.
    ///
    /// An email address alone signs in, and callers are not rate limited unless `UDAM_RATE_LIMIT` is on.
    /// Not for production.
    #[cfg(feature = "dev")]
    Dev(Dev),
    /// Serves the marketplace in production.
    #[command(after_help = settings())]
    Serve(Serve),
    /// Brings the database's schema up to date.
    Migrate(SettingsArgs),
    /// Generates and rotates the master keys that sellers' keys and buyers' access keys are encrypted with.
    #[command(subcommand)]
    Keys(Keys),
    /// Verifies receipts of calls through the gateway.
    #[command(subcommand)]
    Receipts(Receipts),
    /// Checks stored orders, payments and units against each other, and the audit trail against its chain, and lists every
    /// inconsistent row.
    ///
    /// Exits with 1 if there is one. Without `UDAM_MASTER_KEYS`, what was changed in the audit trail is not
    /// found.
    Verify(Verify),
    /// Accounts and their owners.
    #[command(subcommand)]
    Accounts(Accounts),
    /// Mail that the marketplace sends.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Lists and resolves the payments that a person must look into.
    #[command(subcommand)]
    Alerts(Alerts),
    /// Gives accounts the roles of operators, and takes them away.
    #[command(subcommand)]
    Admin(Admin),
    /// Lists the orders that hold units until they are paid, and releases them.
    #[command(subcommand)]
    Holds(Holds),
    /// Prints who did what and when: logins and failed ones, changes of passwords, listings and keys,
    /// cancellations, refunds, disputes.
    ///
    /// One record a line, the oldest first: time, action, account, address and subject, separated by tabs.
    Audit(Audit),
    /// Prints the UUID that the database has for an identifier such as `ord_…`, and the other way round.
    ///
    /// A UUID does not tell its kind: it is printed as an identifier of each.
    Id {
        /// Identifiers or UUIDs.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<AnyId>,
    },
}

/// Commands of `udam admin`.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Gives an account a role, in place of the one that it has.
    Grant {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Address of the account.
        #[arg(value_name = "EMAIL", value_parser = str::parse::<Email>)]
        email: Email,
        /// `support` reads, `operator` acts, `admin` acts on other operators as well.
        #[arg(value_name = "ROLE", value_parser = str::parse::<Role>)]
        role: Role,
        /// Why, for the audit trail.
        #[arg(long, value_name = "TEXT", value_parser = str::parse::<Reason>)]
        reason: Reason,
    },
    /// Takes the role of an account away.
    Revoke {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Address of the account.
        #[arg(value_name = "EMAIL", value_parser = str::parse::<Email>)]
        email: Email,
        /// Why, for the audit trail.
        #[arg(long, value_name = "TEXT", value_parser = str::parse::<Reason>)]
        reason: Reason,
    },
    /// Prints the accounts that have roles: address, role, account and time, separated by tabs.
    List(SettingsArgs),
}

/// Options of `udam verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Where its settings are.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Also checks that the audit trail still has this link, as `udam audit head` has printed it or a server has logged it.
    #[arg(long, value_name = "POSITION:MAC", value_parser = str::parse::<AuditHead>)]
    pub audit_head: Option<AuditHead>,
}

/// Commands of `udam audit`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Prints the last link of the audit trail, to be kept elsewhere: `udam verify --audit-head` finds by it whether the end
    /// of the trail was cut off.
    Head(SettingsArgs),
}

/// Commands of `udam accounts`.
#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// Prints a link by which the owner of an account chooses a new password, once, within an hour.
    ///
    /// Whoever has it can take the account over: make sure who asks, and hand it to nobody else.
    ResetLink {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Address of the account.
        #[arg(value_name = "EMAIL", value_parser = str::parse::<Email>)]
        email: Email,
    },
    /// Removes the second factor of an account whose owner has lost both the app and the recovery codes, and ends its sessions.
    ///
    /// Logging in asks for the password alone then: make sure who asks.
    RemoveFactor {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Address of the account.
        #[arg(value_name = "EMAIL", value_parser = str::parse::<Email>)]
        email: Email,
    },
}

/// Commands of `udam mail`.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Sends a mail that says no more than that mail arrives.
    Test {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Address that it goes to.
        #[arg(value_name = "ADDRESS", value_parser = str::parse::<Email>)]
        address: Email,
    },
}

/// Options of `udam audit`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Audit {
    /// A command of its own.
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
    /// Where its settings are.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Prints what this account did, and what was done about it.
    #[arg(long, value_name = "ID", value_parser = str::parse::<AccountId>)]
    pub account: Option<AccountId>,
    /// Prints what was done with this order, its token and its payment.
    #[arg(long, value_name = "ID", value_parser = str::parse::<OrderId>)]
    pub order: Option<OrderId>,
    /// Prints what was done with this listing.
    #[arg(long, value_name = "ID", value_parser = str::parse::<ListingId>)]
    pub listing: Option<ListingId>,
    /// Prints what was done of this kind, such as `order_refunded`.
    #[arg(long, value_name = "ACTION", value_parser = str::parse::<AuditAction>)]
    pub action: Option<AuditAction>,
    /// Prints what was done from this day or time on.
    #[arg(long, value_name = "TIME", value_parser = str::parse::<Moment>)]
    pub since: Option<Moment>,
    /// Prints what was done before this day or time.
    #[arg(long, value_name = "TIME", value_parser = str::parse::<Moment>)]
    pub until: Option<Moment>,
    /// Prints each record as a JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Commands of `udam alerts`.
#[derive(Debug, Subcommand)]
pub enum Alerts {
    /// Prints the alerts that are not resolved, the oldest first.
    List {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Prints resolved alerts as well.
        #[arg(long)]
        all: bool,
    },
    /// Marks alerts as resolved. One that is raised again is open again.
    Resolve {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Numbers of the alerts, as `udam alerts list` prints them.
        #[arg(required = true, value_name = "NUMBER")]
        numbers: Vec<i64>,
        /// Note of how they were resolved, for the audit trail.
        #[arg(long, value_name = "TEXT", value_parser = str::parse::<Reason>)]
        note: Option<Reason>,
    },
}

/// Commands of `udam holds`.
#[derive(Debug, Subcommand)]
pub enum Holds {
    /// Prints orders that await payment, the oldest first, a thousand at most.
    List {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Only those of this listing.
        #[arg(long, value_name = "ID")]
        listing: Option<ListingId>,
    },
    /// Cancels orders that await payment, so that their units are on sale again.
    Release {
        /// Where its settings are.
        #[command(flatten)]
        settings: SettingsArgs,
        /// Orders, as `udam holds list` prints them.
        #[arg(required = true, value_name = "ORDER")]
        orders: Vec<OrderId>,
    },
}

/// Options of `udam dev`.
#[cfg(feature = "dev")]
#[derive(Debug, Args)]
pub struct Dev {
    /// Address to listen at; port 0 takes any free port. Wins over `UDAM_LISTEN`. [default:
    /// 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address)]
    pub listen: Option<SocketAddr>,
    /// Directory of the database and its keys. Delete it to start afresh.
    #[arg(long, value_name = "DIRECTORY", default_value = ".udam")]
    pub data_dir: PathBuf,
    /// Starts without the demo accounts and listings.
    #[arg(long)]
    pub no_demo: bool,
}

#[cfg(feature = "dev")]
impl Dev {
    pub(crate) const fn demo_data(&self) -> DemoData {
        if self.no_demo {
            DemoData::None
        } else {
            DemoData::Seeded
        }
    }
}

/// Options of `udam serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where its settings are.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Leaves the schema alone, and refuses to start if it is behind.
    #[arg(long)]
    pub no_migrate: bool,
}

/// SettingsCommand-line option that names a settings file.
#[derive(Debug, Args)]
pub struct SettingsArgs {
    /// A TOML file with settings, named as in the environment but without `UDAM_`, in lower case.
    /// The environment wins over it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Commands of `udam keys`.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Prints a new master key for `UDAM_MASTER_KEYS`.
    ///
    /// Keep it apart from the database and its backups: who has both can read every seller's
    /// key, and without it nobody can.
    Generate {
        /// Id of the key. [default: the date and four random digits]
        #[arg(long, value_name = "NAME", value_parser = str::parse::<KeyId>)]
        id: Option<KeyId>,
    },
    /// Encrypts all stored keys again with the first of the master keys, while the marketplace runs.
    ///
    /// Every server must have that key first by then. May be stopped and started again at any time.
    /// Once it has finished, the other keys can go.
    Rotate(SettingsArgs),
}

/// Commands of `udam receipts`.
#[derive(Debug, Subcommand)]
pub enum Receipts {
    /// Verifies a receipt without a database or a network, and prints it.
    ///
    /// Exits with 1 if it is not what one of the keys has signed.
    Verify {
        /// Answer of `GET /v1/calls/{id}/receipt`, or its signature alone; `-` for standard input.
        #[arg(value_name = "FILE")]
        receipt: PathBuf,
        /// Public keys, as the marketplace serves them at `/.well-known/udam-receipts.json`.
        #[arg(long, value_name = "FILE")]
        keys: PathBuf,
    },
}

fn settings() -> String {
    let mut help = String::from("Settings, from the environment or a file:");
    for Setting { name, meaning, .. } in setting::ALL {
        // Writing to a string cannot fail.
        let _ = write!(help, "\n  {name:<24} {meaning}");
    }
    help
}
