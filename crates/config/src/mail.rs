//! Settings of mail: a server and a sender, or neither.

use std::error::Error;
use std::path::Path;

use udam_domain::error_chain;
use udam_mail::{RootCertificates, Sender, SmtpUrl, Templates};
use url::Url;

use crate::reader::Reader;
use crate::setting::{MAIL_FROM, MAIL_TEMPLATES, PUBLIC_URL, SMTP_CA, SMTP_URL, Setting};

const REQUIRED: [&Setting; 3] = [&SMTP_URL, &MAIL_FROM, &PUBLIC_URL];

/// Settings of mail.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Server that takes mails.
    pub server: SmtpUrl,
    /// Authorities that it is trusted by, besides those of the operating system.
    pub roots: Option<RootCertificates>,
    /// Sender of all mails.
    pub from: Sender,
    /// Their words.
    pub templates: Templates,
}

/// `None` if no server is given. Without a sender, or an address that links lead to, none could be sent.
pub(crate) fn mail(reader: &mut Reader<'_>, public_url: Option<&Url>) -> Option<MailSettings> {
    let settings = [&SMTP_URL, &MAIL_FROM, &SMTP_CA, &MAIL_TEMPLATES];
    let given = settings
        .into_iter()
        .find(|setting| reader.is_given(setting))?;
    for setting in REQUIRED {
        if !reader.is_given(setting) {
            let Setting { name, example, .. } = setting;
            reader.conflict(format_args!(
                "{name} is missing, though {} is set; set it as well, such as {name}={example}, or set \
                 neither, and no mail is sent",
                given.name
            ));
        }
    }
    let server = reader.optional(&SMTP_URL, str::parse::<SmtpUrl>);
    let roots = reader.optional(&SMTP_CA, |file| {
        RootCertificates::read(Path::new(file)).map_err(|error| unusable(&error))
    });
    let from = reader.optional(&MAIL_FROM, str::parse::<Sender>);
    let site = public_url?;
    let load = |directory: Option<&Path>| {
        Templates::load(site.clone(), directory).map_err(|error| unusable(&error))
    };
    let own = reader.optional(&MAIL_TEMPLATES, |text| {
        directory(text).and_then(|path| load(Some(path)))
    });
    let templates = own.or_else(|| load(None).ok());
    Some(MailSettings {
        server: server?,
        roots,
        from: from?,
        templates: templates?,
    })
}

fn directory(text: &str) -> Result<&Path, String> {
    let path = Path::new(text);
    if path.is_dir() {
        Ok(path)
    } else {
        Err("must be a directory".to_owned())
    }
}

fn unusable(error: &dyn Error) -> String {
    format!("cannot be used ({})", error_chain(error))
}
