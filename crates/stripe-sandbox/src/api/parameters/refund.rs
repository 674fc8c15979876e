use super::reading::{integer, metadata, text};
use crate::account::{NewRefund, Reason, RefundOf, Refusal};
use crate::form::Form;

/// `POST /v1/refunds`
pub(in crate::api) fn new_refund(form: &mut Form) -> Result<NewRefund, Refusal> {
    let of = match (text(form, "payment_intent")?, text(form, "charge")?) {
        (Some(payment), _) => RefundOf::Payment(payment),
        (None, Some(charge)) => RefundOf::Charge(charge),
        (None, None) => {
            return Err(Refusal::MissingParameter {
                param: "payment_intent".to_owned(),
            });
        }
    };
    let amount = integer(form, "amount")?;
    if let Some(amount) = amount.filter(|amount| *amount < 1) {
        return Err(Refusal::InvalidInteger {
            param: "amount".to_owned(),
            value: amount.to_string(),
        });
    }
    let reason = match text(form, "reason")? {
        None => None,
        Some(name) => Some(Reason::parse(&name).ok_or_else(|| {
            let why = "must be duplicate, fraudulent or requested_by_customer";
            Refusal::invalid("reason", format!("invalid reason: {why}"))
        })?),
    };
    Ok(NewRefund {
        of,
        amount,
        reason,
        metadata: metadata(form, "metadata")?,
    })
}
