//! Putting whole objects where their ids are (<https://docs.stripe.com/api/expanding_objects>).

use serde_json::Value;

use crate::account::{Account, Refusal};
use crate::objects;

/// How deep Stripe goes.
const DEEPEST: usize = 4;

/// What kind of object paths start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    Payment,
    Charge,
    Refund,
    Dispute,
    /// Nothing in it can be expanded.
    Leaf,
}

impl Kind {
    /// What a field holds once it is expanded; none if it cannot be.
    fn field(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Session, "line_items") | (Self::Charge, "refunds") => Some(Self::Leaf),
            (Self::Session | Self::Charge | Self::Refund | Self::Dispute, "payment_intent") => {
                Some(Self::Payment)
            }
            (Self::Payment, "latest_charge") | (Self::Refund | Self::Dispute, "charge") => {
                Some(Self::Charge)
            }
            _ => None,
        }
    }
}

/// Refuses paths that lead nowhere. To be asked before anything is done, so that a call which is
/// refused has changed nothing.
pub(crate) fn check(kind: Kind, is_list: bool, paths: &[String]) -> Result<(), Refusal> {
    for path in paths {
        let inner = if is_list {
            path.strip_prefix("data.")
        } else {
            Some(path.as_str())
        };
        let end = inner.and_then(|inner| inner.split('.').try_fold(kind, Kind::field));
        if end.is_none() || path.split('.').count() > DEEPEST {
            let why = format!("this property cannot be expanded ({path})");
            return Err(Refusal::invalid("expand", why));
        }
    }
    Ok(())
}

/// Follows paths that were found in order.
pub(crate) fn expand(account: &Account, object: &mut Value, paths: &[String]) {
    for path in paths {
        let steps: Vec<&str> = path.split('.').collect();
        follow(account, object, &steps);
    }
}

fn follow(account: &Account, object: &mut Value, steps: &[&str]) {
    let Some((step, further)) = steps.split_first() else {
        return;
    };
    include(account, object, step);
    match object.get_mut(*step) {
        Some(Value::Array(items)) => {
            for item in items {
                follow(account, item, further);
            }
        }
        Some(place) => {
            if let Some(whole) = place.as_str().and_then(|id| account.show(id)) {
                *place = whole;
            }
            follow(account, place, further);
        }
        None => {}
    }
}

/// Puts in a list that is left out unless asked for.
fn include(account: &Account, object: &mut Value, step: &str) {
    let Some(id) = object.get("id").and_then(Value::as_str) else {
        return;
    };
    let list = match step {
        "line_items" => account.sessions.find(id).map(objects::line_items),
        "refunds" => {
            let refunds = account.refunds.iter().rev();
            let refunds = refunds.filter(|refund| refund.charge == id);
            let url = format!("/v1/charges/{id}/refunds");
            let refunds: Vec<Value> = refunds.map(objects::refund).collect();
            Some(objects::list(&url, &refunds, false))
        }
        _ => None,
    };
    if let (Some(list), Some(object)) = (list, object.as_object_mut()) {
        object.insert(step.to_owned(), list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(kind: Kind, is_list: bool, path: &str) -> bool {
        check(kind, is_list, &[path.to_owned()]).is_ok()
    }

    #[test]
    fn a_path_leads_where_stripe_s_would() {
        assert!(leads(Kind::Session, false, "line_items"));
        assert!(leads(Kind::Session, false, "payment_intent.latest_charge"));
        assert!(leads(Kind::Refund, true, "data.charge.payment_intent"));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_refused() {
        assert!(!leads(Kind::Session, false, "charge"));
        assert!(!leads(Kind::Session, false, "line_items.data"));
        assert!(!leads(Kind::Session, true, "payment_intent"));
        let circle = "charge.payment_intent.latest_charge.payment_intent.latest_charge";
        assert!(!leads(Kind::Refund, false, circle));
    }
}
