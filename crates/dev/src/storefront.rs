use std::sync::Arc;

use udam_storefront::{DemoLink, Development, DevelopmentTexts};
use udam_web::PasswordlessLogIn;

use crate::mailbox::{self, Mailbox};
use crate::race::{self, Race};

const LINKS: &[DemoLink] = &[
    DemoLink {
        path: race::PATH,
        text: "See 200 buyers race for 10 units",
    },
    DemoLink {
        path: mailbox::PATH,
        text: "Read the mails",
    },
];

/// Additions to the storefront in development: log-in by address alone, the race, and the mailbox.
#[must_use]
pub fn development(
    log_in: Arc<dyn PasswordlessLogIn>,
    race: Race,
    mailbox: Mailbox,
) -> Development {
    Development {
        log_in,
        texts: DevelopmentTexts {
            banner: "Development mode: an email address alone logs you in, and payments are simulated.",
            links: LINKS,
            log_in_hint: "You may leave it blank in development: the email address alone logs you in, \
                          and creates the account if there is none.",
            account_note: "An account created by its email address alone has no password, and cannot \
                           be given one.",
        },
        pages: vec![Box::new(race), Box::new(mailbox)],
    }
}
