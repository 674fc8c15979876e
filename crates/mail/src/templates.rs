use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use minijinja::{Environment, UndefinedBehavior};
use thiserror::Error;
use udam_domain::Message;
use url::Url;

use crate::rendered::Rendered;
use crate::samples::samples;
use crate::words::{unsubscribe_page, values};

macro_rules! bundled {
    ($($name:literal),* $(,)?) => {
        /// The templates that come with the program, by file name.
        const BUNDLED: &[(&str, &str)] = &[
            ("layout.txt", include_str!("../templates/layout.txt")),
            ("layout.html", include_str!("../templates/layout.html")),
            $(
                (concat!($name, ".txt"), include_str!(concat!("../templates/", $name, ".txt"))),
                (concat!($name, ".html"), include_str!(concat!("../templates/", $name, ".html"))),
            )*
        ];
    };
}

bundled!(
    "already_registered",
    "confirm_email_change",
    "confirm_registration",
    "email_changed",
    "listing_sold_out",
    "new_sign_in",
    "password_changed",
    "payment_failed",
    "payment_receipt",
    "reset_password",
    "sale_digest",
    "second_factor_changed",
    "test",
    "tokens_expiring",
    "units_low",
    "verify_email",
);

/// First line of a text template, before its subject.
const SUBJECT: &str = "Subject: ";

/// The words of all mails. A clone shares them.
#[derive(Debug, Clone)]
pub struct Templates {
    environment: Arc<Environment<'static>>,
    site: Url,
}

/// Why templates cannot be used.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// A file could not be read.
    #[error("the template {file} could not be read")]
    Unreadable {
        /// Its name.
        file: String,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// A template does not parse, or does not render.
    #[error("the template {file} cannot be used")]
    Malformed {
        /// Its name.
        file: String,
        /// Cause.
        #[source]
        source: minijinja::Error,
    },
    /// The first line of a text template is no subject.
    #[error("the template {0} must begin with a line such as `Subject: Your receipt`")]
    NoSubject(String),
}

impl Templates {
    /// The templates that come with the program, with the files of `directory` in place of those of the same names. Every
    /// mail is rendered once. `site` is the address of the marketplace.
    ///
    /// # Errors
    /// [`TemplateError`] for the first template that cannot be used.
    pub fn load(site: Url, directory: Option<&Path>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        for (file, text) in BUNDLED {
            let own = directory
                .map(|directory| own(directory, file))
                .transpose()?;
            let text = own.flatten().unwrap_or_else(|| (*text).to_owned());
            environment
                .add_template_owned(*file, text)
                .map_err(|source| malformed(file, source))?;
        }
        let templates = Self {
            environment: Arc::new(environment),
            site,
        };
        for sample in samples() {
            templates.render(&sample)?;
        }
        Ok(templates)
    }

    /// Words a mail.
    ///
    /// # Errors
    /// [`TemplateError`]
    pub fn render(&self, message: &Message) -> Result<Rendered, TemplateError> {
        let name = message.mail.template();
        let values = values(message, &self.site);
        let render = |file: &str| {
            let template = self.environment.get_template(file);
            template
                .and_then(|template| template.render(&values))
                .map_err(|source| malformed(file, source))
        };
        let file = format!("{name}.txt");
        let all = render(&file)?;
        let (first, text) = all.split_once('\n').unwrap_or((&all, ""));
        let subject = first.strip_prefix(SUBJECT).map(str::trim);
        let subject = subject.ok_or(TemplateError::NoSubject(file))?;
        Ok(Rendered {
            subject: subject.to_owned(),
            text: text.trim().to_owned(),
            html: render(&format!("{name}.html"))?,
        })
    }
}

impl Templates {
    /// Address that ends the mails of a message's topic, if it has one.
    pub(crate) fn unsubscribe_page(&self, message: &Message) -> Option<String> {
        unsubscribe_page(message, &self.site)
    }
}

fn own(directory: &Path, file: &str) -> Result<Option<String>, TemplateError> {
    match fs::read_to_string(directory.join(file)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(TemplateError::Unreadable {
            file: file.to_owned(),
            source,
        }),
    }
}

fn malformed(file: &str, source: minijinja::Error) -> TemplateError {
    TemplateError::Malformed {
        file: file.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::mail::{LinkSecret, Mail};

    use super::*;

    fn site() -> Url {
        "https://market.example.com".parse().unwrap()
    }

    fn message(suits: impl Fn(&Mail) -> bool) -> Message {
        let found = samples().into_iter().find(|sample| suits(&sample.mail));
        found.unwrap()
    }

    #[test]
    fn every_mail_is_worded_as_text_and_as_html() {
        let templates = Templates::load(site(), None).unwrap();
        for sample in samples() {
            let words = templates.render(&sample).unwrap();
            let link = sample.link.as_ref().map(LinkSecret::expose);
            assert!(
                !words.subject.is_empty() && !words.text.contains('<'),
                "{words:?}"
            );
            assert!(words.html.contains("</html>"), "{words:?}");
            for body in [&words.text, &words.html] {
                let shown = body.contains("udam_lnk_");
                assert_eq!(shown, sample.mail.link().is_some() && link.is_some());
                let ends = "https://market.example.com/unsubscribe?link=udam_uns_sample";
                let plain = body.replace("&#x2f;", "/");
                assert_eq!(plain.contains(ends), sample.mail.topic().is_some());
            }
        }
    }

    #[test]
    fn a_link_leads_to_the_page_of_its_purpose() {
        let templates = Templates::load(site(), None).unwrap();
        let reset = message(|mail| matches!(mail, Mail::ResetPassword));
        let words = templates.render(&reset).unwrap();
        assert!(
            words
                .text
                .contains("https://market.example.com/reset-password?link=udam_lnk_sample")
        );
    }

    #[test]
    fn what_people_have_named_is_escaped_in_html() {
        let templates = Templates::load(site(), None).unwrap();
        let mut unpaid = message(|mail| matches!(mail, Mail::PaymentFailed { .. }));
        if let Mail::PaymentFailed { service_name, .. } = &mut unpaid.mail {
            *service_name = "<b onclick=x>&\"".parse().unwrap();
        }
        let words = templates.render(&unpaid).unwrap();
        assert!(
            words.html.contains("&lt;b onclick=x&gt;&amp;"),
            "{}",
            words.html
        );
        assert!(!words.html.contains("<b onclick"));
        assert!(words.text.contains("<b onclick=x>&\""));
    }

    #[test]
    fn an_operators_file_takes_the_place_of_ours_and_is_checked_at_the_start() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("test.txt");
        fs::write(&file, "Subject: Hello from {{ host }}\n\nIt works.\n").unwrap();
        let templates = Templates::load(site(), Some(directory.path())).unwrap();
        let words = templates
            .render(&message(|mail| matches!(mail, Mail::Test)))
            .unwrap();
        assert_eq!(words.subject, "Hello from market.example.com");
        assert_eq!(words.text, "It works.");
        for (text, is_expected) in [
            ("No subject", "must begin with a line"),
            ("Subject: {{ nonesuch }}", "test.txt cannot be used"),
            ("Subject: {{ host", "test.txt cannot be used"),
        ] {
            fs::write(&file, text).unwrap();
            let error = Templates::load(site(), Some(directory.path())).unwrap_err();
            assert!(error.to_string().contains(is_expected), "{error}");
        }
    }
}
