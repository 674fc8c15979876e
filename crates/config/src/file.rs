use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use thiserror::Error;
use udam_domain::secret::Secret;

use crate::setting;

/// A settings file, parsed as TOML.
pub struct SettingsFile {
    pub(crate) path: PathBuf,
    pub(crate) values: BTreeMap<String, FileValue>,
}

/// A value in a settings file.
pub(crate) enum FileValue {
    Text(Secret),
    /// Neither a string, nor a whole number, nor a boolean.
    Other,
}

/// Error of a settings file. No line of the file is quoted: it may hold a secret.
#[derive(Debug, Error)]
pub enum SettingsFileError {
    /// It could not be read.
    #[error("the settings file {} cannot be read; check its name and its mode", path.display())]
    Unreadable {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("the settings file {} is not valid TOML: line {line}: {complaint}", path.display())]
    NotToml {
        /// Path of the file.
        path: PathBuf,
        /// Line of the error, from 1.
        line: usize,
        /// Cause.
        complaint: String,
    },
}

impl SettingsFile {
    /// Reads the file.
    ///
    /// # Errors
    /// [`SettingsFileError`]
    pub fn read(path: &Path) -> Result<Self, SettingsFileError> {
        let text = fs::read_to_string(path).map_err(|source| SettingsFileError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text)
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, SettingsFileError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or_default();
            SettingsFileError::NotToml {
                path: path.to_owned(),
                line: before.matches('\n').count().saturating_add(1),
                complaint: error.message().to_owned(),
            }
        })?;
        let values = table
            .into_iter()
            .map(|(name, value)| (name, FileValue::from(value)))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            values,
        })
    }

    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        let is_setting = |name: &str| setting::ALL.iter().any(|setting| setting.key() == name);
        self.values
            .keys()
            .map(String::as_str)
            .filter(move |name| !is_setting(name))
    }
}

impl From<toml::Value> for FileValue {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::Text(Secret::new(text)),
            toml::Value::Integer(number) => Self::Text(Secret::new(number.to_string())),
            toml::Value::Boolean(true) => Self::Text(Secret::new("on".to_owned())),
            toml::Value::Boolean(false) => Self::Text(Secret::new("off".to_owned())),
            // A fraction has lost its digits by now: 25.10 would arrive as 25.1, 0.30 perhaps as
            // less.
            toml::Value::Float(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_) => Self::Other,
        }
    }
}

impl fmt::Debug for SettingsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettingsFile({})", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SettingsFile, SettingsFileError> {
        SettingsFile::parse(Path::new("udam.toml"), text)
    }

    #[test]
    fn a_syntax_error_names_its_line_and_quotes_none() {
        let error = parse("listen = \"127.0.0.1:80\"\nmaster_keys = \"hunter2\n").unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("the settings file udam.toml is not valid TOML: line 2: "));
        assert!(
            !format!("{message} {error:?}").contains("hunter2"),
            "{message}"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = SettingsFile::read(Path::new("/nonexistent/udam.toml")).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/udam.toml"));
    }

    #[test]
    fn whole_numbers_and_truth_values_need_no_quotes() {
        let file = parse("workers = 4\nrate_limit = false\ntab_limit = 25.10").unwrap();
        let text = |name: &str| match file.values.get(name) {
            Some(FileValue::Text(text)) => Some(text.expose().to_owned()),
            _ => None,
        };
        assert_eq!(text("workers").as_deref(), Some("4"));
        assert_eq!(text("rate_limit").as_deref(), Some("off"));
        assert_eq!(text("tab_limit"), None);
    }

    #[test]
    fn names_that_are_no_settings_are_found() {
        let file = parse("listn = \"\"\n[stripe]\nsecret_key = \"\"").unwrap();
        assert_eq!(file.unknown().collect::<Vec<_>>(), ["listn", "stripe"]);
    }
}
