//! One mail of each kind, by which templates are checked.

use udam_domain::Message;
use udam_domain::account::{Email, FactorChange};
use udam_domain::id::{ChargeId, ListingId, MailId, OrderId, TokenId};
use udam_domain::listing::ServiceName;
use udam_domain::mail::{
    ExpiringToken, LinkSecret, ListingSales, Mail, PasswordChange, Receipt, ReceiptLine, Recipient,
    SaleDigest, SoldOut, TokensExpiring, UnitsLow, UnsubscribeSecret,
};
use udam_domain::money::{Currency, Money};
use udam_domain::time::{Timestamp, day_of};
use udam_domain::units::{Stock, Units};

/// One message of each kind, without and with a name and what else may be missing.
pub(crate) fn samples() -> Vec<Message> {
    let (Ok(email), Ok(service)) = ("ada@example.com".parse(), "Weather".parse()) else {
        return Vec::new();
    };
    let mails = links(&email).into_iter().chain(notices(&email));
    let mails = mails.chain(business(&service)).chain(optional(&service));
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
        unsubscribe: mail
            .topic()
            .map(|_| UnsubscribeSecret::new("udam_uns_sample".to_owned())),
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

fn optional(service_name: &ServiceName) -> Vec<Mail> {
    let at = Timestamp::UNIX_EPOCH;
    let service_name = || service_name.clone();
    let (listing_id, token_id) = (ListingId::first_at(at), TokenId::first_at(at));
    let sold_out = |held| {
        Mail::ListingSoldOut(SoldOut {
            listing_id,
            service_name: service_name(),
            held,
        })
    };
    let expiring = |left| ExpiringToken {
        token_id,
        service_name: service_name(),
        expires_at: at,
        left,
    };
    let sales = ListingSales {
        service_name: service_name(),
        units: 2,
        revenue: Money::new(3_00, Currency::USD),
    };
    let tokens = |further| {
        Mail::TokensExpiring(TokensExpiring {
            day: day_of(at),
            lines: vec![expiring(None), expiring(Some(Stock::default()))],
            further,
        })
    };
    let digest = |orders, further| {
        Mail::SaleDigest(SaleDigest {
            day: day_of(at),
            orders,
            units: 4,
            revenue: Money::new(6_00, Currency::USD),
            lines: vec![sales.clone(), sales.clone()],
            further,
        })
    };
    vec![
        sold_out(Stock::default()),
        sold_out(Stock::from(Units::MIN)),
        Mail::UnitsLow(UnitsLow {
            token_id,
            listing_id,
            service_name: service_name(),
            left: Stock::default(),
            bought: Units::MIN,
        }),
        tokens(0),
        tokens(7),
        digest(1, 0),
        digest(2, 7),
    ]
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
