use udam_domain::id::MailId;
use udam_domain::mail::{Mail, Recipient, SendError};
use udam_domain::{Mailer, Message, error_chain};
use udam_mail::{RootCertificates, SmtpMailer, Templates};
use uuid::Uuid;

use crate::server::{Server, Speaks};

/// Sends a mail to `url`, trusting this server's certificate, or none but those of the system.
async fn send(url: &str, trusted: Option<&Server>) -> Result<(), SendError> {
    let roots = trusted.map(|server| {
        let pem = server.certificate.as_bytes();
        RootCertificates::from_pem(pem).unwrap()
    });
    let from = "Market <market@example.com>".parse().unwrap();
    let site = "https://market.example.com".parse().unwrap();
    let templates = Templates::load(site, None).unwrap();
    let mailer = SmtpMailer::new(&url.parse().unwrap(), roots.as_ref(), from, templates).unwrap();
    let message = Message {
        id: MailId::from_uuid(Uuid::from_u128(1)),
        to: Recipient {
            email: "ada@example.com".parse().unwrap(),
            name: None,
        },
        mail: Mail::Test,
        link: None,
        unsubscribe: None,
    };
    mailer.send(&message).await
}

fn said(lines: &[String], what: &str) -> bool {
    lines.iter().any(|line| line.contains(what))
}

#[tokio::test]
async fn a_mail_goes_over_tls_from_the_first_byte() {
    let server = Server::start(Speaks::Tls, "localhost").await;
    let url = format!("smtps://localhost:{}", server.address.port());
    send(&url, Some(&server)).await.unwrap();
    assert!(said(&server.over_tls(), "RCPT TO:<ada@example.com>"));
    assert!(server.in_clear().is_empty());
}

#[tokio::test]
async fn a_connection_is_switched_to_tls_before_anything_is_said() {
    let server = Server::start(Speaks::StartTls, "localhost").await;
    let port = server.address.port();
    let url = format!("smtp://user:hunter2@localhost:{port}?tls=required");
    // It offers no way to log in, and so gets no mail either.
    send(&url, Some(&server)).await.unwrap_err();
    assert!(!said(&server.over_tls(), "MAIL"));
    let url = format!("smtp://localhost:{port}?tls=required");
    send(&url, Some(&server)).await.unwrap();
    assert!(said(&server.over_tls(), "RCPT TO:<ada@example.com>"));
    let in_clear = server.in_clear();
    let is_harmless = |line: &String| line.starts_with("EHLO") || line == "STARTTLS";
    assert!(in_clear.iter().all(is_harmless), "{in_clear:?}");
}

#[tokio::test]
async fn a_server_that_does_not_switch_to_tls_is_told_nothing() {
    for speaks in [Speaks::Clear, Speaks::Refuses] {
        let server = Server::start(speaks, "localhost").await;
        let port = server.address.port();
        let url = format!("smtp://user:hunter2@localhost:{port}?tls=required");
        let error = send(&url, Some(&server)).await.unwrap_err();
        // It is tried again: the server may be repaired.
        assert!(matches!(error, SendError::Unavailable(_)), "{error:?}");
        let in_clear = server.in_clear();
        for secret in ["MAIL", "RCPT", "AUTH", "DATA", "ada", "hunter2"] {
            assert!(!said(&in_clear, secret), "{speaks:?}: {in_clear:?}");
        }
    }
}

#[tokio::test]
async fn a_server_is_trusted_by_its_certificate_and_name_alone() {
    for (name, is_trusted) in [("localhost", false), ("mail.example.com", true)] {
        for speaks in [Speaks::Tls, Speaks::StartTls] {
            let server = Server::start(speaks, name).await;
            let port = server.address.port();
            let url = match speaks {
                Speaks::Tls => format!("smtps://localhost:{port}"),
                _ => format!("smtp://localhost:{port}?tls=required"),
            };
            let error = send(&url, is_trusted.then_some(&server)).await.unwrap_err();
            assert!(matches!(error, SendError::Unavailable(_)), "{error:?}");
            let cause = error_chain(&error);
            assert!(cause.contains("certificate"), "{cause}");
            assert!(server.over_tls().is_empty());
        }
    }
}

#[test]
fn a_file_without_certificates_is_refused() {
    for pem in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\n!\n"] {
        assert!(RootCertificates::from_pem(pem.as_bytes()).is_err(), "{pem}");
    }
}
