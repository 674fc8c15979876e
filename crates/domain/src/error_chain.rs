use std::error::Error;

/// Formats an error with its chain of sources, separated by colons, for logs and command lines. The
/// errors here and in the adapters never repeat their source, so that nothing appears twice.
#[must_use]
pub fn error_chain(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        sentence.push_str(": ");
        sentence.push_str(&cause.to_string());
        source = cause.source();
    }
    sentence
}

#[cfg(test)]
mod tests {
    use std::io;

    use thiserror::Error;

    use super::*;

    #[derive(Debug, Error)]
    #[error("reading the settings failed")]
    struct Outer(#[source] io::Error);

    #[test]
    fn a_chain_of_errors_is_one_sentence() {
        let error = Outer(io::Error::other("the disk is on fire"));
        assert_eq!(
            error_chain(&error),
            "reading the settings failed: the disk is on fire"
        );
    }
}
