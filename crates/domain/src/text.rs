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

/// A text has characters that cannot be seen, by which it could be made to look like another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must not contain characters that cannot be seen")]
pub struct HiddenCharacters;

/// Checks that a text hides no characters. Stored texts may be older than this rule: it is asked of new ones.
///
/// Joiners and variation selectors that follow a visible character outside ASCII belong to scripts and emoji, a joiner only
/// if another such character follows.
///
/// # Errors
/// [`HiddenCharacters`]
pub(crate) fn check_visible(text: &str) -> Result<(), HiddenCharacters> {
    let mut characters = text.chars().peekable();
    let mut takes_mark = false;
    while let Some(character) = characters.next() {
        match character {
            '\u{fe00}'..='\u{fe0f}' if takes_mark => {}
            '\u{200c}' | '\u{200d}'
                if takes_mark && characters.peek().copied().is_some_and(is_joined) =>
            {
                takes_mark = false;
            }
            hidden if is_invisible(hidden) && !hidden.is_whitespace() => {
                return Err(HiddenCharacters);
            }
            visible => takes_mark = is_joined(visible),
        }
    }
    Ok(())
}

/// Whether joiners may stand beside a character: it is visible, and not of ASCII, which has no use for them.
fn is_joined(character: char) -> bool {
    !character.is_ascii() && !is_invisible(character)
}

/// Whether a character leaves nothing to see: a text of such alone is blank. White space, and what
/// Unicode calls default-ignorable.
pub(crate) fn is_invisible(character: char) -> bool {
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
    fn only_joiners_between_characters_that_are_joined_are_hidden() {
        for text in [
            "Weather",
            "Ada & S\u{f6}hne",
            "\u{2764}\u{fe0f}\u{200d}\u{1f525} \u{1f469}\u{200d}\u{1f680}",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
        ] {
            assert_eq!(check_visible(text), Ok(()), "{text:?}");
        }
        for text in [
            "U\u{200d}DAM",
            "UDAM\u{200b}",
            "\u{feff}UDAM",
            "sup\u{ad}port",
            "\u{41}\u{200e}",
            "\u{434}\u{200d}",
            "\u{434}\u{200d}\u{200d}\u{434}",
            "a\u{fe0f}",
            "\u{3164}x",
            "x\u{e0041}",
        ] {
            assert_eq!(check_visible(text), Err(HiddenCharacters), "{text:?}");
        }
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
