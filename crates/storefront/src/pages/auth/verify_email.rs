//! Proving an address by a link.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::UseLinkError;
use udam_domain::mail::{LinkPurpose, LinkSecret};

use super::show_form;
use crate::error::PageError;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, see_other};

#[derive(Template)]
#[template(path = "verify_email.html")]
struct VerifyEmailPage {
    layout: Layout,
    /// What can be done by the link; `None` if it cannot be used.
    link: Option<Link>,
}

struct Link {
    secret: String,
    email: String,
    is_registration: bool,
}

/// Shows a button, if the link can be used. Following the link does not use it: programs that check mails do so as well.
pub(crate) async fn show(mut request: Request) -> PageResult {
    page(&mut request, StatusCode::OK).await
}

/// Uses the link.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let links = request.marketplace().mail_links.as_ref();
    let links = links.ok_or(PageError::NotFound)?;
    let secret = LinkSecret::new(request.form.value("link").to_owned());
    match links.verify(&secret, request.origin().address).await {
        Ok(_) if request.is_signed_in() => {
            Ok(see_other(&request.with_flash("/account", "verified")))
        }
        Ok(_) => Ok(see_other("/login?done=verified")),
        Err(UseLinkError::Spent) => page(&mut request, StatusCode::CONFLICT).await,
        Err(UseLinkError::Unavailable(error)) => Err(error.into()),
    }
}

async fn page(request: &mut Request, status: StatusCode) -> PageResult {
    let links = request.marketplace().mail_links.as_ref();
    let secret = request.form.value("link").to_owned();
    let found = match links {
        Some(links) => links.find(&LinkSecret::new(secret.clone())).await?,
        None => None,
    };
    let found = found.filter(|link| link.purpose.proves_email());
    let link = found.map(|link| Link {
        secret,
        email: link.email.to_string(),
        is_registration: link.purpose == LinkPurpose::Register,
    });
    show_form(request, status, |layout| VerifyEmailPage { layout, link })
}
