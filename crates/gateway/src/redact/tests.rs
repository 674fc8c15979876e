use proptest::prelude::*;

use super::*;

fn secrets(texts: &[&str]) -> Secrets {
    Secrets::new(texts.iter().map(|text| text.as_bytes().to_vec()))
}

/// The whole text with each byte of each place of a secret overwritten, found by trying every place.
fn expected(text: &[u8], texts: &[Vec<u8>]) -> Vec<u8> {
    let mut redacted = text.to_vec();
    for secret in texts.iter().filter(|secret| !secret.is_empty()) {
        for (start, window) in text.windows(secret.len()).enumerate() {
            if window == secret {
                redacted[start..start + secret.len()].fill(MASK);
            }
        }
    }
    redacted
}

/// What is sent of these chunks, and the most bytes that were held back.
fn redacted(secrets: &Secrets, chunks: &[Vec<u8>]) -> (Vec<u8>, usize) {
    let mut redactor = Redactor::new(secrets.clone());
    let (mut sent, mut came, mut held) = (Vec::new(), 0, 0);
    for chunk in chunks {
        came += chunk.len();
        sent.extend_from_slice(&redactor.push(chunk.clone().into()));
        held = held.max(came - sent.len());
    }
    sent.extend_from_slice(&redactor.finish());
    (sent, held)
}

/// Cuts a text after these numbers of bytes, over and over.
fn cut(text: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    let (mut rest, mut chunks) = (text, Vec::new());
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        chunks.push(chunk.to_vec());
        rest = after;
    }
    chunks
}

#[test]
fn a_secret_is_overwritten_wherever_it_stands() {
    let secrets = secrets(&["sk_1"]);
    let redact = |text: &str| secrets.redact(text.as_bytes());
    assert_eq!(redact("sk_1").unwrap(), b"****");
    assert_eq!(redact("a sk_1sk_1 b").unwrap(), b"a ******** b");
    assert_eq!(redact("sk_2 sk_"), None);
}

#[test]
fn nothing_is_held_back_of_what_cannot_begin_a_secret() {
    let mut redactor = Redactor::new(secrets(&["sk_1"]));
    let event = Bytes::from_static(b"data: {\"ok\":1}\n\n");
    assert_eq!(redactor.push(event.clone()), event);
    assert_eq!(redactor.push(Bytes::from_static(b"task")), "ta");
    assert_eq!(redactor.push(Bytes::from_static(b"s")), "sk");
    assert_eq!(redactor.push(Bytes::from_static(b"k_")), "");
    assert_eq!(redactor.finish(), "sk_");
}

#[test]
fn what_was_overwritten_stays_so_when_it_may_begin_another() {
    let secrets = secrets(&["abab"]);
    let chunks = |parts: &[&str]| -> Vec<Vec<u8>> {
        parts.iter().map(|part| part.as_bytes().to_vec()).collect()
    };
    assert_eq!(redacted(&secrets, &chunks(&["abab", "xx"])).0, b"****xx");
    assert_eq!(redacted(&secrets, &chunks(&["abab", "ab"])).0, b"******");
}

#[test]
fn a_chunk_without_a_secret_is_not_copied() {
    let mut redactor = Redactor::new(secrets(&["secret"]));
    let chunk = Bytes::from(vec![b'x'; 1_000]);
    let sent = redactor.push(chunk.clone());
    assert_eq!(sent.as_ptr(), chunk.as_ptr());
}

#[test]
fn repetitive_secrets_and_texts_take_linear_time() {
    let secrets = Secrets::new([vec![b'a'; 4_096]]);
    let text = vec![b'a'; 4_000_000];
    let started = std::time::Instant::now();
    assert_eq!(secrets.redact(&text).unwrap(), vec![MASK; text.len()]);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn whatever_the_chunks_all_of_a_secret_is_overwritten_and_nothing_else(
        text in "[abc]{0,80}",
        texts in prop::collection::vec("[abc]{0,6}", 1..5),
        sizes in prop::collection::vec(1_usize..9, 1..6),
    ) {
        let texts: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
        let secrets = Secrets::new(texts.clone());
        let (sent, held) = redacted(&secrets, &cut(text.as_bytes(), &sizes));
        let expected = expected(text.as_bytes(), &texts);
        prop_assert_eq!(String::from_utf8(sent).unwrap(), String::from_utf8(expected.clone()).unwrap());
        let longest = texts.iter().map(Vec::len).max().unwrap();
        prop_assert!(held < longest.max(1));
        let whole = secrets.redact(text.as_bytes());
        prop_assert_eq!(whole.unwrap_or_else(|| text.clone().into_bytes()), expected);
    }

    #[test]
    fn any_bytes_pass_that_are_no_secret(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..10)
    ) {
        let secrets = secrets(&["sk_live_4eC39HqLyjWDarjtT1zdp7dc"]);
        prop_assert_eq!(redacted(&secrets, &chunks).0, chunks.concat());
    }
}
