//! Operators of the marketplace: who they are, what they may do, what they look for, and what they are told.

mod lookup;
mod story;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

use crate::account::{Email, SignedIn, StepUpRequired};
use crate::audit::{Actor, AuditAction, Reason};
use crate::id::{AccountId, ListingId};
use crate::time::Timestamp;

pub use lookup::{Hit, HitKind, Lookup};
pub use story::{
    AccountStory, ChargeFacts, History, ListingStory, OrderStory, StoryEntry, StoryId,
    StoryPosition, StorySource, TokenFacts,
};

/// Role of an account in the operation of the marketplace. Each may do what those before it may.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Reads what operators read.
    Support,
    /// Acts: suspends, restores, refunds, resolves.
    Operator,
    /// Acts on other operators as well.
    Admin,
}

/// An account that operates the marketplace. Only
/// [`Administration::operator`](crate::marketplace::Administration::operator) makes one: whoever has it has asked for the
/// role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    actor: Actor,
    role: Role,
}

/// The role of the actor does not allow the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the role of the account does not allow it")]
pub struct NotAllowed;

impl Operator {
    pub(crate) const fn new(actor: Actor, role: Role) -> Self {
        Self { actor, role }
    }

    /// The account, acting from the client's address.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// Its role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

/// Why an account is not admitted as an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAnOperator {
    /// It has no role.
    #[error("the account has no role")]
    NoRole,
    /// It has no second factor, which every operator needs.
    #[error("operators need a second factor")]
    NoFactor,
    /// Its session must prove the factor again.
    #[error(transparent)]
    StepUpRequired(#[from] StepUpRequired),
}

/// Admits an account that has this role as an operator, if its session has proved a second factor lately. Who has no role
/// learns no more.
///
/// # Errors
/// [`NotAnOperator`]
pub fn admit(
    actor: Actor,
    role: Option<Role>,
    signed_in: &SignedIn,
    now: Timestamp,
) -> Result<Operator, NotAnOperator> {
    let role = role.ok_or(NotAnOperator::NoRole)?;
    if !signed_in.has_factor {
        return Err(NotAnOperator::NoFactor);
    }
    signed_in.check_step_up(now)?;
    Ok(Operator::new(actor, role))
}

/// Decides whether an operator may do what this role may. Every action of operators asks it.
///
/// # Errors
/// [`NotAllowed`]
pub fn may_operate(operator: &Operator, needed: Role) -> Result<(), NotAllowed> {
    if operator.role >= needed {
        Ok(())
    } else {
        Err(NotAllowed)
    }
}

/// An account or a listing that an operator suspends or restores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspendable {
    /// An account: it cannot log in, its listings are as if each were suspended, and tokens that it has bought grant no
    /// access.
    Account(AccountId),
    /// A listing: it is out of the catalogue, takes no orders, and its tokens grant no access.
    Listing(ListingId),
}

/// Request to suspend or to restore an account or a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspend {
    /// The account or listing.
    pub what: Suspendable,
    /// `true` to suspend it, `false` to restore it.
    pub suspended: bool,
    /// The operator.
    pub by: Operator,
    /// Reason, for the audit trail.
    pub reason: Reason,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// State of an account or a listing before it is suspended or restored, read under its lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuspensionSnapshot {
    /// Time of its suspension, UTC; `None` if it is not suspended.
    pub suspended_at: Option<Timestamp>,
    /// Role of the account; `None` if it has none, and for listings.
    pub role: Option<Role>,
}

/// Words for the two states in the audit trail.
const ACTIVE: &str = "active";
const SUSPENDED: &str = "suspended";

impl Suspend {
    /// Decides what becomes of an account or a listing: the time of its suspension, or that nothing changes. A repeat changes
    /// nothing. Accounts with a role are an admin's to suspend, and nobody's own.
    ///
    /// # Errors
    /// [`NotAllowed`]
    pub fn decide(
        &self,
        before: &SuspensionSnapshot,
    ) -> Result<Option<SuspensionChange>, NotAllowed> {
        may_operate(&self.by, Role::Operator)?;
        if before.role.is_some() {
            may_operate(&self.by, Role::Admin)?;
        }
        if self.what == Suspendable::Account(self.by.actor.account_id) {
            return Err(NotAllowed);
        }
        if before.suspended_at.is_some() == self.suspended {
            return Ok(None);
        }
        let (state_before, state_after) = if self.suspended {
            (ACTIVE, SUSPENDED)
        } else {
            (SUSPENDED, ACTIVE)
        };
        Ok(Some(SuspensionChange {
            suspended_at: self.suspended.then_some(self.at),
            action: self.action(),
            before: state_before,
            after: state_after,
        }))
    }

    const fn action(&self) -> AuditAction {
        match (self.what, self.suspended) {
            (Suspendable::Account(_), true) => AuditAction::AccountSuspended,
            (Suspendable::Account(_), false) => AuditAction::AccountRestored,
            (Suspendable::Listing(_), true) => AuditAction::ListingSuspended,
            (Suspendable::Listing(_), false) => AuditAction::ListingRestored,
        }
    }
}

/// A change of a suspension, to be written with its audit record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuspensionChange {
    /// Time of the suspension, UTC; `None` once restored.
    pub suspended_at: Option<Timestamp>,
    /// The action for the audit trail.
    pub action: AuditAction,
    /// State before.
    pub before: &'static str,
    /// State after.
    pub after: &'static str,
}

/// Request to give an account a role, or to take it away, from the command line of the marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRole {
    /// Address of the account.
    pub email: Email,
    /// Its role from then on; `None` for none.
    pub role: Option<Role>,
    /// Reason, for the audit trail.
    pub reason: Reason,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// An account with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHolder {
    /// The account.
    pub account_id: AccountId,
    /// Its address.
    pub email: Email,
    /// Its role.
    pub role: Role,
    /// Time at which the role was given, UTC.
    pub granted_at: Timestamp,
}

#[cfg(test)]
mod tests;
