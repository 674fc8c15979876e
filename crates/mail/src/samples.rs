//! One mail of each kind, by which templates are checked.

use udam_domain::Message;
use udam_domain::account::{Email, FactorChange};
use udam_domain::id::{ChargeId, MailId, OrderId};
use udam_domain::listing::ServiceName;
use udam_domain::mail::{LinkSecret, Mail, PasswordChange, Receipt, ReceiptLine, Recipient};
use udam_domain::money::{Currency, Money};
use udam_domain::time::Timestamp;
use udam_domain::units::Units;

/// One message of each kind, without and with a name and what else may be missing.
pub(crate) fn samples() -> Vec<Message> {
    let (Ok(email), Ok(service)) = ("ada@example.com".parse(), "Weather".parse()) else {
        return Vec::new();
    };
    let mails = links(&email).into_iter().chain(notices(&email));
    let mails = mails.chain(business(&service));
    mails.map(|mail| message(&email, mail)).collect()
}

fn message(email: &Email, mail: Mail) -> Message {
    Message {
        id: MailId::first_at(Timestamp::UNIX_EPOCH),
        to: Recipient {
            email: email.clone(),
            name: "Ada".parse().ok().filter(|_| mail.link().is_none()),
        },
        link: mail
            .link()
            .map(|_| LinkSecret::new("udam_lnk_sample".to_owned())),
        mail,
    }
}

fn links(email: &Email) -> Vec<Mail> {
    vec![
        Mail::ConfirmRegistration,
        Mail::AlreadyRegistered,
        Mail::VerifyEmail,
        Mail::ConfirmEmailChange {
            from: email.clone(),
        },
        Mail::ResetPassword,
        Mail::Test,
    ]
}

fn notices(email: &Email) -> Vec<Mail> {
    let at = Timestamp::UNIX_EPOCH;
    let address = Some([192, 0, 2, 1].into());
    let mut notices = vec![
        Mail::EmailChanged {
            from: email.clone(),
            to: email.clone(),
        },
        Mail::NewSignIn {
            device: None,
            address: None,
            at,
        },
        Mail::NewSignIn {
            device: "curl/8".parse().ok(),
            address,
            at,
        },
    ];
    for how in [PasswordChange::ByLink, PasswordChange::WithPassword] {
        notices.push(Mail::PasswordChanged { how, at, address });
    }
    for what in [
        FactorChange::Added,
        FactorChange::Removed,
        FactorChange::RemovedByOperator,
        FactorChange::CodesReplaced,
        FactorChange::CodeUsed,
    ] {
        notices.push(Mail::SecondFactorChanged {
            what,
            recovery_codes: 1,
            at,
            address: address.filter(|_| what != FactorChange::RemovedByOperator),
        });
    }
    notices
}

fn business(service_name: &ServiceName) -> Vec<Mail> {
    let at = Timestamp::UNIX_EPOCH;
    let (total, units) = (Money::new(1_50, Currency::USD), Units::MIN);
    let service_name = || service_name.clone();
    let line = ReceiptLine {
        order_id: OrderId::first_at(at),
        service_name: service_name(),
        units,
        total,
    };
    let receipt = |further| Receipt {
        charge_id: ChargeId::first_at(at),
        total,
        paid_at: at,
        lines: vec![line.clone(), line.clone()],
        further,
    };
    vec![
        Mail::PaymentReceipt(receipt(0)),
        Mail::PaymentReceipt(receipt(7)),
        Mail::PaymentFailed {
            order_id: OrderId::first_at(at),
            service_name: service_name(),
            total,
        },
    ]
}
