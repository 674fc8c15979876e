//! Replaces ids by the objects themselves (<https://docs.stripe.com/api/expanding_objects>).

use serde_json::Value;

use crate::account::{Account, RequestError};
use crate::objects;

/// Maximum depth of a path.
const MAX_DEPTH: usize = 4;

/// Type of the object that a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExpandFrom {
    Session,
    Payment,
    Charge,
    Refund,
    Dispute,
    /// An object without expandable fields.
    Leaf,
}

impl ExpandFrom {
    /// Type of a field once it is expanded; `None` if it cannot be.
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

/// Rejects paths that cannot be expanded. This is checked before the execution, so that a rejected request
/// has changed nothing.
pub(super) fn validate(
    object: ExpandFrom,
    is_list: bool,
    paths: &[String],
) -> Result<(), RequestError> {
    for path in paths {
        let inner = if is_list {
            path.strip_prefix("data.")
        } else {
            Some(path.as_str())
        };
        let target = inner.and_then(|inner| inner.split('.').try_fold(object, ExpandFrom::field));
        if target.is_none() || path.split('.').count() > MAX_DEPTH {
            let message = format!("this property cannot be expanded ({path})");
            return Err(RequestError::invalid("expand", message));
        }
    }
    Ok(())
}

/// Expands validated paths.
pub(super) fn expand(account: &Account, object: &mut Value, paths: &[String]) {
    for path in paths {
        let fields: Vec<&str> = path.split('.').collect();
        expand_path(account, object, &fields);
    }
}

fn expand_path(account: &Account, object: &mut Value, fields: &[&str]) {
    let Some((field, rest)) = fields.split_first() else {
        return;
    };
    include_list(account, object, field);
    match object.get_mut(*field) {
        Some(Value::Array(items)) => {
            for item in items {
                expand_path(account, item, rest);
            }
        }
        Some(value) => {
            if let Some(expanded) = value.as_str().and_then(|id| account.render(id)) {
                *value = expanded;
            }
            expand_path(account, value, rest);
        }
        None => {}
    }
}

/// Inserts a list that Stripe leaves out unless it is expanded.
fn include_list(account: &Account, object: &mut Value, field: &str) {
    let Some(id) = object.get("id").and_then(Value::as_str) else {
        return;
    };
    let list = match field {
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
        object.insert(field.to_owned(), list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_expandable(object: ExpandFrom, is_list: bool, path: &str) -> bool {
        validate(object, is_list, &[path.to_owned()]).is_ok()
    }

    #[test]
    fn a_path_can_be_expanded_as_in_stripe_s_api() {
        assert!(is_expandable(ExpandFrom::Session, false, "line_items"));
        assert!(is_expandable(
            ExpandFrom::Session,
            false,
            "payment_intent.latest_charge"
        ));
        assert!(is_expandable(
            ExpandFrom::Refund,
            true,
            "data.charge.payment_intent"
        ));
    }

    #[test]
    fn a_path_that_cannot_be_expanded_is_rejected() {
        assert!(!is_expandable(ExpandFrom::Session, false, "charge"));
        assert!(!is_expandable(
            ExpandFrom::Session,
            false,
            "line_items.data"
        ));
        assert!(!is_expandable(ExpandFrom::Session, true, "payment_intent"));
        let circle = "charge.payment_intent.latest_charge.payment_intent.latest_charge";
        assert!(!is_expandable(ExpandFrom::Refund, false, circle));
    }
}
