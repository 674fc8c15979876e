use udam_crypto::SystemClock;
use udam_domain::Message;
use udam_domain::mail::{LinkSecret, Mail, Recipient};
use udam_storefront::{DemoAnswer, DemoPage, DemoRequest};
use uuid::Uuid;

use super::*;

fn mailbox() -> Mailbox {
    let site = "http://127.0.0.1:8080/".parse().unwrap();
    let templates = Templates::load(site, None).unwrap();
    Mailbox::new(templates, Arc::new(SystemClock))
}

fn message(number: u128, mail: Mail) -> Message {
    Message {
        id: MailId::from_uuid(Uuid::from_u128(number)),
        to: Recipient {
            email: "ada@example.com".parse().unwrap(),
            name: None,
        },
        link: mail
            .link()
            .map(|_| LinkSecret::new("udam_lnk_1".to_owned())),
        unsubscribe: None,
        mail,
    }
}

async fn shown(mailbox: &Mailbox, path: &str) -> Option<DemoAnswer> {
    let request = DemoRequest { path, csrf: "c" };
    mailbox.show(request).await.unwrap()
}

async fn page(mailbox: &Mailbox, path: &str) -> String {
    match shown(mailbox, path).await {
        Some(DemoAnswer::Page(content)) => content.main,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mail_is_listed_and_shown_with_a_link_that_can_be_pressed() {
    let mailbox = mailbox();
    assert!(page(&mailbox, PATH).await.contains("No mail has come yet"));
    let mail = message(1, Mail::VerifyEmail);
    mailbox.send(&mail).await.unwrap();
    let list = page(&mailbox, PATH).await;
    let path = format!("{PATH}/{}", mail.id);
    assert!(list.contains(&format!("<a href=\"{path}\">Verify your address")));
    let opened = page(&mailbox, &path).await;
    let link = "http://127.0.0.1:8080/verify-email?link=udam_lnk_1";
    assert!(opened.contains(&format!("<a href=\"{link}\">{link}</a>")));
    assert!(opened.contains(&format!("src=\"{path}/html\"")));
    let Some(DemoAnswer::Document(html)) = shown(&mailbox, &format!("{path}/html")).await else {
        panic!("no document");
    };
    let plain = html.replace("&#x2f;", "/");
    assert!(html.contains("<base target=\"_top\">") && plain.contains(link));
}

#[tokio::test]
async fn a_repeat_is_one_mail_and_the_oldest_make_room() {
    let mailbox = mailbox();
    for _ in 0..2 {
        mailbox.send(&message(1, Mail::Test)).await.unwrap();
    }
    assert_eq!(mailbox.kept().len(), 1);
    for number in 2..=u128::try_from(Mailbox::MOST).unwrap() + 1 {
        mailbox.send(&message(number, Mail::Test)).await.unwrap();
    }
    assert_eq!(mailbox.kept().len(), Mailbox::MOST);
    assert!(mailbox.find(message(1, Mail::Test).id).is_none());
}

#[tokio::test]
async fn the_form_empties_the_box_and_unknown_mails_are_not_found() {
    let mailbox = mailbox();
    mailbox.send(&message(1, Mail::Test)).await.unwrap();
    mailbox.start();
    assert!(mailbox.kept().is_empty());
    for path in ["/dev/mail/mai_x", "/dev/mail/", "/dev/mail/x/html"] {
        assert!(shown(&mailbox, path).await.is_none(), "{path}");
    }
}
