//! What templates may show of a mail: texts alone.

use minijinja::{Value, context};
use udam_domain::Message;
use udam_domain::mail::{Mail, PasswordChange, Receipt, SaleDigest, TokensExpiring};
use udam_domain::money::Money;
use udam_domain::time::{Date, Timestamp};
use udam_domain::units::Stock;
use url::Url;

/// The values of a message. `site` is the address of the marketplace, which links begin with.
pub(crate) fn values(message: &Message, site: &Url) -> Value {
    let base = context! {
        site => site.as_str().trim_end_matches('/'),
        host => site.host_str().unwrap_or_default(),
        name => message.to.name.as_ref().map(ToString::to_string),
        email => message.to.email.as_str(),
        link => link(message, site),
        unsubscribe => unsubscribe_page(message, site),
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

/// Address that ends the mails of a message's topic, if it has one (RFC 8058).
pub(crate) fn unsubscribe_page(message: &Message, site: &Url) -> Option<String> {
    let secret = message.unsubscribe.as_ref()?.expose();
    let site = site.as_str().trim_end_matches('/');
    Some(format!("{site}/unsubscribe?link={secret}"))
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
        Mail::ListingSoldOut(sold_out) => context! {
            listing => sold_out.listing_id.to_string(),
            service => sold_out.service_name.to_string(),
            held => sold_out.held.get(),
        },
        Mail::UnitsLow(low) => context! {
            token => low.token_id.to_string(),
            listing => low.listing_id.to_string(),
            service => low.service_name.to_string(),
            left => low.left.get(),
            bought => low.bought.get(),
        },
        Mail::TokensExpiring(expiring) => of_tokens(expiring),
        Mail::SaleDigest(digest) => of_sales(digest),
    }
}

fn of_tokens(expiring: &TokensExpiring) -> Value {
    let lines = expiring.lines.iter().map(|line| {
        context! {
            token => line.token_id.to_string(),
            service => line.service_name.to_string(),
            expires_at => instant(line.expires_at),
            left => line.left.map(Stock::get),
        }
    });
    context! {
        day => day(expiring.day),
        lines => lines.collect::<Vec<_>>(),
        further => expiring.further,
    }
}

fn of_sales(digest: &SaleDigest) -> Value {
    let lines = digest.lines.iter().map(|line| {
        context! {
            service => line.service_name.to_string(),
            units => line.units.to_string(),
            revenue => money(line.revenue),
        }
    });
    context! {
        day => day(digest.day),
        orders => digest.orders,
        units => digest.units,
        revenue => money(digest.revenue),
        lines => lines.collect::<Vec<_>>(),
        further => digest.further,
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

fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn instant(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}
