use std::fmt;
use std::path::PathBuf;

use crate::setting::{self, PREFIX, Setting};

/// Source of a setting's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueSource {
    Environment,
    File(PathBuf),
}

/// Everything that is wrong with the settings; each error is a sentence that says what to do.
///
/// No value is repeated: it may be a secret, or one pasted into the wrong place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(Vec<String>);

impl ConfigErrors {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn missing(&mut self, setting: &Setting) {
        let Setting { name, example, .. } = setting;
        self.0.push(format!(
            "{name} is missing; set it in the environment, such as {name}={example}, or as `{}` \
             in the file given with --config",
            setting.key()
        ));
    }

    pub(crate) fn wrong(
        &mut self,
        setting: &Setting,
        place: &ValueSource,
        complaint: impl fmt::Display,
    ) {
        let example = setting.example;
        self.0.push(match place {
            ValueSource::Environment => {
                let name = setting.name;
                format!("{name} in the environment {complaint}; for example {name}={example}")
            }
            ValueSource::File(path) => {
                let key = setting.key();
                let path = path.display();
                format!("`{key}` in {path} {complaint}; for example {key} = \"{example}\"")
            }
        });
    }

    pub(crate) fn conflict(&mut self, complaint: impl fmt::Display) {
        self.0.push(complaint.to_string());
    }

    pub(crate) fn unknown_variable(&mut self, name: &str) {
        let known = setting::ALL.iter().map(|setting| setting.name.to_owned());
        let advice = advice(setting::nearest(name, known));
        self.0
            .push(format!("{name} in the environment is no setting; {advice}"));
    }

    pub(crate) fn unknown_key(&mut self, key: &str, path: &std::path::Path) {
        // The variable's whole name in a file means that setting.
        let bare = key.to_ascii_lowercase();
        let bare = bare
            .strip_prefix(&PREFIX.to_ascii_lowercase())
            .unwrap_or(&bare);
        let advice = advice(setting::nearest(
            bare,
            setting::ALL.iter().map(Setting::key),
        ));
        let key = key.escape_debug();
        self.0.push(format!(
            "`{key}` in {} is no setting; {advice}",
            path.display()
        ));
    }
}

fn advice(nearest: Option<String>) -> String {
    nearest.map_or_else(
        || "remove it; `udam serve --help` lists all there are".to_owned(),
        |name| format!("did you mean {name}?"),
    )
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("a setting needs attention:")?,
            count => write!(f, "{count} settings need attention:")?,
        }
        self.0
            .iter()
            .try_for_each(|error| write!(f, "\n  - {error}"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::setting::{LISTEN, TAB_LIMIT};

    #[test]
    fn each_error_names_its_source_and_an_example() {
        let mut errors = ConfigErrors::new();
        errors.missing(&TAB_LIMIT);
        errors.wrong(&LISTEN, &ValueSource::Environment, "must be an address");
        errors.wrong(
            &LISTEN,
            &ValueSource::File("udam.toml".into()),
            "must be an address",
        );
        errors.unknown_variable("UDAM_LISTNE");
        errors.unknown_key("UDAM_LISTEN", Path::new("udam.toml"));
        errors.unknown_key("colour", Path::new("udam.toml"));
        let expected = [
            "6 settings need attention:",
            "UDAM_TAB_LIMIT is missing; set it in the environment, such as UDAM_TAB_LIMIT=25.00, \
             or as `tab_limit` in the file given with --config",
            "UDAM_LISTEN in the environment must be an address; \
             for example UDAM_LISTEN=127.0.0.1:8080",
            "`listen` in udam.toml must be an address; for example listen = \"127.0.0.1:8080\"",
            "UDAM_LISTNE in the environment is no setting; did you mean UDAM_LISTEN?",
            "`UDAM_LISTEN` in udam.toml is no setting; did you mean listen?",
            "`colour` in udam.toml is no setting; remove it; \
             `udam serve --help` lists all there are",
        ];
        assert_eq!(errors.to_string(), expected.join("\n  - "));
    }
}
