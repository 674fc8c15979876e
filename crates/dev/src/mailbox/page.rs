use askama::Template;
use async_trait::async_trait;
use udam_domain::StoreError;
use udam_storefront::{DemoAnswer, DemoContent, DemoPage, DemoRequest};

use super::{KeptMail, Mailbox};

/// Path of the list.
pub(crate) const PATH: &str = "/dev/mail";

#[derive(Template)]
#[template(path = "mailbox.html")]
struct List<'a> {
    csrf: &'a str,
    most: usize,
    mails: Vec<Line>,
}

/// A mail in the list.
struct Line {
    href: String,
    to: String,
    subject: String,
    sent_at: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Opened {
    to: String,
    subject: String,
    sent_at: String,
    /// Text, in which links can be pressed.
    text: Vec<Piece>,
    /// Path of the HTML.
    document: String,
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    is_link: bool,
}

#[async_trait]
impl DemoPage for Mailbox {
    fn paths(&self) -> &'static [&'static str] {
        &[PATH, "/dev/mail/{id}", "/dev/mail/{id}/html"]
    }

    async fn show(&self, request: DemoRequest<'_>) -> Result<Option<DemoAnswer>, StoreError> {
        let below = request.path.strip_prefix(PATH).unwrap_or_default();
        let mut parts = below.split('/').skip(1);
        let Some(id) = parts.next() else {
            return list(self, request.csrf).map(Some);
        };
        let Some(mail) = id.parse().ok().and_then(|id| self.find(id)) else {
            return Ok(None);
        };
        match parts.next() {
            None => opened(mail).map(Some),
            Some(_) => Ok(Some(DemoAnswer::Document(leaving_the_frame(
                &mail.words.html,
            )))),
        }
    }

    /// Empties the box.
    fn start(&self) {
        self.kept().clear();
    }
}

fn list(mailbox: &Mailbox, csrf: &str) -> Result<DemoAnswer, StoreError> {
    let newest_first: Vec<KeptMail> = mailbox.kept().iter().rev().cloned().collect();
    let is_empty = newest_first.is_empty();
    let lines = newest_first.into_iter().map(|mail| Line {
        href: format!("{PATH}/{}", mail.id),
        sent_at: sent_at(&mail),
        to: mail.to,
        subject: mail.words.subject,
    });
    let page = List {
        csrf,
        most: Mailbox::MOST,
        mails: lines.collect(),
    };
    // A mail is often a second behind what it tells.
    content("Mailbox".to_owned(), &page, (is_empty, false))
}

fn opened(mail: KeptMail) -> Result<DemoAnswer, StoreError> {
    let page = Opened {
        document: format!("{PATH}/{}/html", mail.id),
        sent_at: sent_at(&mail),
        text: pieces(&mail.words.text),
        to: mail.to,
        subject: mail.words.subject.clone(),
    };
    content(mail.words.subject, &page, (false, true))
}

/// A page that is reloaded or not, and frames a document or not.
fn content(
    title: String,
    page: &impl Template,
    (refresh, frames): (bool, bool),
) -> Result<DemoAnswer, StoreError> {
    let main = page.render();
    Ok(DemoAnswer::Page(DemoContent {
        title,
        main: main.map_err(|error| StoreError::Failed(error.into()))?,
        refresh,
        frames,
    }))
}

fn sent_at(mail: &KeptMail) -> String {
    mail.sent_at.strftime("%H:%M:%S UTC").to_string()
}

/// The document with links that are followed by the page around its frame.
fn leaving_the_frame(html: &str) -> String {
    html.replacen("<head>", "<head>\n<base target=\"_top\">", 1)
}

/// A text with its links apart, and without white space at the ends of lines.
fn pieces(text: &str) -> Vec<Piece> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    let words = text.split_inclusive(char::is_whitespace);
    let mut pieces: Vec<Piece> = Vec::new();
    for word in words {
        let link = word.trim_end();
        if link.starts_with("http://") || link.starts_with("https://") {
            pieces.push(Piece {
                text: link.to_owned(),
                is_link: true,
            });
            push_text(&mut pieces, word.get(link.len()..).unwrap_or_default());
        } else {
            push_text(&mut pieces, word);
        }
    }
    pieces
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(last) if !last.is_link => last.text.push_str(text),
        _ => pieces.push(Piece {
            text: text.to_owned(),
            is_link: false,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_text_are_told_apart() {
        let all = pieces("Press:\n\nhttps://a.example/x?link=1\n\nor not.");
        let shown: Vec<(&str, bool)> = all
            .iter()
            .map(|piece| (piece.text.as_str(), piece.is_link))
            .collect();
        assert_eq!(
            shown,
            [
                ("Press:\n\n", false),
                ("https://a.example/x?link=1", true),
                ("\n\nor not.", false)
            ]
        );
    }
}
