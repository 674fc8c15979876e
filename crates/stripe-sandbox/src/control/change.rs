use actix_web::HttpResponse;

use super::error::ControlResult;
use crate::account::{Account, ParamLocation, RequestError};
use crate::context::ContextData;
use crate::model::{Cause, RefundTarget};

/// Applies a change, which returns the id of an object, and responds with that object.
pub(super) fn apply(
    context: &ContextData,
    change: impl FnOnce(&mut Account, &Cause) -> Result<String, RequestError>,
) -> ControlResult {
    let object = context.update(|state, now| {
        let id = change(&mut state.account, &Cause::at(now))?;
        Ok::<_, RequestError>(state.account.render(&id).unwrap_or_default())
    })?;
    Ok(HttpResponse::Ok().json(object))
}

/// Finds the payment of a session, or takes the id of a payment intent or a charge as it is.
pub(super) fn payment_of(account: &Account, id: &str) -> Result<RefundTarget, RequestError> {
    if id.starts_with("ch_") {
        return Ok(RefundTarget::Charge(id.to_owned()));
    }
    if !id.starts_with("cs_") {
        return Ok(RefundTarget::Payment(id.to_owned()));
    }
    let session = account.sessions.get(id, ParamLocation::Path("payment"))?;
    let payment = session.payment_intent.clone();
    payment
        .map(RefundTarget::Payment)
        .ok_or_else(|| RequestError::NothingToRefund {
            payment_intent: "none yet".to_owned(),
        })
}
