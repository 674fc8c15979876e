use super::read::{integer, metadata, text};
use crate::account::RequestError;
use crate::model::{NewRefund, RefundTarget};
use crate::wire::Form;

/// Reads the parameters of `POST /v1/refunds`.
pub(in crate::api) fn new_refund(form: &mut Form) -> Result<NewRefund, RequestError> {
    let target = match (text(form, "payment_intent")?, text(form, "charge")?) {
        (Some(payment), _) => RefundTarget::Payment(payment),
        (None, Some(charge)) => RefundTarget::Charge(charge),
        (None, None) => return Err(RequestError::missing("payment_intent")),
    };
    let amount = integer(form, "amount")?;
    if let Some(amount) = amount.filter(|amount| *amount < 1) {
        return Err(RequestError::InvalidInteger {
            param: "amount".to_owned(),
            value: amount.to_string(),
        });
    }
    let reason = text(form, "reason")?.map(|name| name.parse());
    let reason = reason.transpose().map_err(|_unknown| {
        let message = "invalid reason: must be duplicate, fraudulent or requested_by_customer";
        RequestError::invalid("reason", message)
    })?;
    Ok(NewRefund {
        target,
        amount,
        reason,
        metadata: metadata(form, "metadata")?,
        outcome: None,
    })
}
