use super::*;
use crate::fixtures::{account_id, at};

const ME: u128 = 9;

fn operator(role: Role) -> Operator {
    Operator::new(Actor::from(account_id(ME)), role)
}

fn suspend(what: Suspendable, suspended: bool, role: Role) -> Suspend {
    Suspend {
        what,
        suspended,
        by: operator(role),
        reason: "It sells what is not its own.".parse().unwrap(),
        at: at(60),
    }
}

fn snapshot(suspended_at: Option<Timestamp>, role: Option<Role>) -> SuspensionSnapshot {
    SuspensionSnapshot { suspended_at, role }
}

fn account(number: u128) -> Suspendable {
    Suspendable::Account(account_id(number))
}

#[test]
fn each_role_may_do_what_those_before_it_may() {
    for &has in Role::VARIANTS {
        for &needed in Role::VARIANTS {
            let allowed = may_operate(&operator(has), needed).is_ok();
            assert_eq!(allowed, has >= needed, "{has} {needed}");
        }
    }
    assert!(Role::Support < Role::Operator && Role::Operator < Role::Admin);
}

#[test]
fn support_reads_and_operators_suspend_and_restore() {
    let active = snapshot(None, None);
    let refused = suspend(account(1), true, Role::Support).decide(&active);
    assert_eq!(refused, Err(NotAllowed));
    let suspended = suspend(account(1), true, Role::Operator).decide(&active);
    let change = suspended.unwrap().unwrap();
    assert_eq!(change.suspended_at, Some(at(60)));
    assert_eq!(change.action, AuditAction::AccountSuspended);
    assert_eq!((change.before, change.after), ("active", "suspended"));
    let restored = suspend(account(1), false, Role::Operator).decide(&snapshot(Some(at(60)), None));
    let change = restored.unwrap().unwrap();
    assert_eq!(change.suspended_at, None);
    assert_eq!(change.action, AuditAction::AccountRestored);
}

#[test]
fn a_repeat_changes_nothing_and_keeps_the_time() {
    let again = suspend(account(1), true, Role::Operator).decide(&snapshot(Some(at(1)), None));
    assert_eq!(again, Ok(None));
    let again = suspend(account(1), false, Role::Operator).decide(&snapshot(None, None));
    assert_eq!(again, Ok(None));
}

#[test]
fn operators_are_an_admins_to_suspend_and_nobody_suspends_the_own_account() {
    for &role in Role::VARIANTS {
        let holder = snapshot(None, Some(role));
        let by_operator = suspend(account(1), true, Role::Operator).decide(&holder);
        assert_eq!(by_operator, Err(NotAllowed));
        assert!(
            suspend(account(1), true, Role::Admin)
                .decide(&holder)
                .is_ok()
        );
        let own = suspend(account(ME), true, Role::Admin).decide(&holder);
        assert_eq!(own, Err(NotAllowed));
    }
}
