//! The rule that all short texts share: trimmed, bounded, and free of control characters.
//!
//! Control characters would let a name forge log lines and terminal output, and PostgreSQL refuses
//! the zero character outright.

use thiserror::Error;

/// Why a text is not valid in its field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextError {
    /// It is blank.
    #[error("must not be blank")]
    Blank,
    /// It is too long.
    #[error("must be at most {most} characters")]
    TooLong {
        /// Maximum length, in characters.
        most: usize,
    },
    /// It holds a control character.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// It does not have the form of the field.
    #[error("{0}")]
    Form(&'static str),
}

/// The text without surrounding white space, if it is one line of 1 to `most` characters.
pub(crate) fn line(text: &str, most: usize) -> Result<String, TextError> {
    bounded(text, most, |_| false)
}

/// As [`line()`], with line breaks and tabs allowed.
pub(crate) fn paragraphs(text: &str, most: usize) -> Result<String, TextError> {
    bounded(text, most, |character| {
        matches!(character, '\n' | '\r' | '\t')
    })
}

fn bounded(text: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<String, TextError> {
    let text = text.trim();
    if text.chars().all(is_invisible) {
        return Err(TextError::Blank);
    }
    if text.chars().count() > most {
        return Err(TextError::TooLong { most });
    }
    let misleads = |character: char| character.is_control() || reorders(character);
    if text
        .chars()
        .any(|character| misleads(character) && !allowed(character))
    {
        return Err(TextError::ControlCharacter);
    }
    Ok(text.to_owned())
}

/// Whether a character leaves nothing to see: a text of such alone is blank. White space, and what
/// Unicode calls default-ignorable.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether a character turns the text around it to another direction, or breaks the line: with those a
/// name can be made to look like another's (Unicode Technical Report 36, section 2.9).
fn reorders(character: char) -> bool {
    matches!(
        character,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}'
    )
}

/// A newtype over a text that [`line()`] or [`paragraphs`] has passed.
macro_rules! bounded_text {
    ($(#[$doc:meta])* $name:ident, $rule:path, $most:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Maximum length, in characters.
            pub const MAX_LENGTH: usize = $most;

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $rule(text, $most).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use bounded_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_bounded_and_printable() {
        assert_eq!(line("  Weather  ", 10), Ok("Weather".into()));
        assert_eq!(line(" \u{a0}\t", 10), Err(TextError::Blank));
        assert_eq!(line("ééé", 2), Err(TextError::TooLong { most: 2 }));
        assert_eq!(line("a\0b", 10), Err(TextError::ControlCharacter));
        assert_eq!(line("a\nb", 10), Err(TextError::ControlCharacter));
        assert_eq!(line("a\u{85}b", 10), Err(TextError::ControlCharacter));
        assert_eq!(line("\u{200b}\u{3164}", 10), Err(TextError::Blank));
        assert_eq!(
            line("evil\u{202e}moc", 10),
            Err(TextError::ControlCharacter)
        );
        assert_eq!(line("a\u{2028}b", 10), Err(TextError::ControlCharacter));
        assert!(line("👩\u{200d}🚀 שלום", 10).is_ok());
    }

    #[test]
    fn paragraphs_may_break_lines() {
        assert_eq!(paragraphs("a\r\n\tb\n", 10), Ok("a\r\n\tb".into()));
        assert_eq!(
            paragraphs("a\u{1b}[2J", 10),
            Err(TextError::ControlCharacter)
        );
    }
}
