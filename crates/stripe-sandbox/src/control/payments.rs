use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::change::apply;
use super::error::{ControlError, ControlResult, parse};
use super::refunds::check_amount;
use crate::account::{Account, PayWhen, RequestError};
use crate::context::ContextData;
use crate::model::{Cause, Currency, RepeatedPayment};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PayBody {
    late: bool,
}

impl PayBody {
    const fn when(&self) -> PayWhen {
        if self.late {
            PayWhen::OpenOrExpired
        } else {
            PayWhen::Open
        }
    }
}

/// `POST /_sandbox/sessions/{session}/pay`
pub(super) async fn pay(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    complete(path.into_inner(), &body, &context, Account::pay)
}

/// `POST /_sandbox/sessions/{session}/pay_async`
pub(super) async fn pay_async(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    complete(path.into_inner(), &body, &context, Account::pay_async)
}

fn complete(
    session: String,
    body: &[u8],
    context: &ContextData,
    pay: impl FnOnce(&mut Account, &str, PayWhen, &Cause) -> Result<(), RequestError>,
) -> ControlResult {
    let when = parse::<PayBody>(body)?.when();
    apply(context, |account, cause| {
        pay(account, &session, when, cause)?;
        Ok(session)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleBody {
    succeed: bool,
}

/// `POST /_sandbox/sessions/{session}/settle_async`
pub(super) async fn settle_async(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let SettleBody { succeed } = parse(&body)?;
    apply(&context, |account, cause| {
        account.settle_async(&path, succeed, cause)?;
        Ok(path.into_inner())
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PayAgainBody {
    session: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    mode: Option<String>,
    livemode: bool,
}

/// `POST /_sandbox/sessions/{session}/pay_again`
pub(super) async fn pay_again(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let body: PayAgainBody = parse(&body)?;
    check_amount(body.amount)?;
    let currency = body.currency.map(|code| {
        let currency = Currency::from_code(&code);
        currency.ok_or_else(|| ControlError::invalid("currency must be one of Stripe's"))
    });
    let repeat = RepeatedPayment {
        session: body.session,
        amount: body.amount,
        currency: currency.transpose()?,
        mode: body.mode,
        livemode: body.livemode,
    };
    let session = context.update(|state, now| {
        let account = &mut state.account;
        account.pay_again(&path, repeat, &Cause::at(now))
    })?;
    Ok(HttpResponse::Ok().json(session))
}
