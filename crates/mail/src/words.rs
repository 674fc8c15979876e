//! What templates may show of a mail: texts alone.

use minijinja::{Value, context};
use udam_domain::Message;
use udam_domain::mail::{Mail, PasswordChange, Receipt};
use udam_domain::money::Money;
use udam_domain::time::Timestamp;
use url::Url;

/// The values of a message. `site` is the address of the marketplace, which links begin with.
pub(crate) fn values(message: &Message, site: &Url) -> Value {
    let base = context! {
        site => site.as_str().trim_end_matches('/'),
        host => site.host_str().unwrap_or_default(),
        name => message.to.name.as_ref().map(ToString::to_string),
        email => message.to.email.as_str(),
        link => link(message, site),
        valid_for => "one hour",
    };
    context! { ..of_mail(&message.mail), ..base }
}

/// Address of the page that the link of a message leads to.
fn link(message: &Message, site: &Url) -> Option<String> {
    use udam_domain::mail::LinkPurpose;

    let path = match message.mail.link()? {
        LinkPurpose::Register | LinkPurpose::VerifyEmail | LinkPurpose::ChangeEmail => {
            "verify-email"
        }
        LinkPurpose::ResetPassword => "reset-password",
    };
    let secret = message.link.as_ref()?.expose();
    let site = site.as_str().trim_end_matches('/');
    Some(format!("{site}/{path}?link={secret}"))
}

fn of_mail(mail: &Mail) -> Value {
    match mail {
        Mail::ConfirmRegistration
        | Mail::AlreadyRegistered
        | Mail::VerifyEmail
        | Mail::ResetPassword
        | Mail::Test => context! {},
        Mail::ConfirmEmailChange { from } => context! { from => from.as_str() },
        Mail::EmailChanged { from, to } => context! { from => from.as_str(), to => to.as_str() },
        Mail::PasswordChanged { how, at, address } => context! {
            by_link => *how == PasswordChange::ByLink,
            at => instant(*at),
            address => address.map(|address| address.to_string()),
        },
        Mail::SecondFactorChanged {
            what,
            recovery_codes,
            at,
            address,
        } => context! {
            what => what.to_string(),
            recovery_codes => recovery_codes,
            at => instant(*at),
            address => address.map(|address| address.to_string()),
        },
        Mail::NewSignIn {
            device,
            address,
            at,
        } => context! {
            device => device.as_ref().map(ToString::to_string),
            address => address.map(|address| address.to_string()),
            at => instant(*at),
        },
        Mail::PaymentReceipt(receipt) => of_receipt(receipt),
        Mail::PaymentFailed {
            order_id,
            service_name,
            total,
        } => context! {
            order => order_id.to_string(),
            service => service_name.to_string(),
            total => money(*total),
        },
    }
}

fn of_receipt(receipt: &Receipt) -> Value {
    let lines = receipt.lines.iter().map(|line| {
        context! {
            order => line.order_id.to_string(),
            service => line.service_name.to_string(),
            units => line.units.get().to_string(),
            total => money(line.total),
        }
    });
    context! {
        payment => receipt.charge_id.to_string(),
        total => money(receipt.total),
        paid_at => instant(receipt.paid_at),
        lines => lines.collect::<Vec<_>>(),
        further => receipt.further,
    }
}

fn money(amount: Money) -> String {
    format!("{amount} {}", amount.currency())
}

fn instant(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}
