//! What a seller has changed of a service, for those who bought it before.

use udam_domain::listing::ServiceChanges;

use crate::format;

/// What was changed and when, and what to do; `None` if nothing was.
pub(crate) fn sentences(changes: ServiceChanges) -> Option<String> {
    let endpoint = changes
        .endpoint_at
        .map(|at| format!("the endpoint on {}", format::instant(at)));
    let key = changes
        .key_at
        .map(|at| format!("the API key on {}", format::instant(at)));
    let parts: Vec<String> = endpoint.into_iter().chain(key).collect();
    (!parts.is_empty()).then(|| {
        format!(
            "Since you ordered, the seller changed {}. Reveal the key again, and use what is shown then.",
            parts.join(" and ")
        )
    })
}

#[cfg(test)]
mod tests {
    use udam_domain::time::Timestamp;

    use super::*;

    #[test]
    fn a_buyer_reads_what_was_changed_and_when() {
        let at = |second| Timestamp::from_second(second).ok();
        assert_eq!(sentences(ServiceChanges::default()), None);
        let changes = ServiceChanges {
            endpoint_at: at(0),
            key_at: None,
        };
        let text = sentences(changes).unwrap();
        let expected = "the seller changed the endpoint on 1 Jan 1970, 00:00 UTC. Reveal";
        assert!(text.contains(expected), "{text}");
        let changes = ServiceChanges {
            key_at: at(86_400),
            ..changes
        };
        let text = sentences(changes).unwrap();
        let expected = "00:00 UTC and the API key on 2 Jan 1970, 00:00 UTC.";
        assert!(text.contains(expected), "{text}");
    }
}
