use std::sync::Arc;

use udam_storefront::{Development, DevelopmentTexts};
use udam_web::PasswordlessLogIn;

use crate::race::{self, Race};

/// Additions to the storefront in development: log-in by address alone, and the race.
#[must_use]
pub fn development(log_in: Arc<dyn PasswordlessLogIn>, race: Race) -> Development {
    Development {
        log_in,
        texts: DevelopmentTexts {
            banner: "Development mode: an email address alone logs you in, and payments are simulated.",
            demo_link: "See 200 buyers race for 10 units",
            demo_path: race::PATH,
            log_in_hint: "You may leave it blank in development: the email address alone logs you in, \
                          and creates the account if there is none.",
            account_note: "An account created by its email address alone has no password, and cannot \
                           be given one.",
        },
        demo: Box::new(race),
    }
}
