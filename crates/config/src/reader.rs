use std::fmt::Display;

use udam_domain::secret::Secret;

use crate::config_errors::{ConfigErrors, ValueSource};
use crate::environment::Environment;
use crate::file::{FileValue, SettingsFile};
use crate::setting::Setting;

/// Reads settings and collects their errors, so that all are reported at once.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    environment: &'a Environment,
    file: Option<&'a SettingsFile>,
    errors: ConfigErrors,
}

/// Result of reading a setting.
pub(crate) enum Reading<T> {
    Absent,
    Given(T),
    /// It is invalid, and the error is recorded.
    Wrong,
}

impl<'a> Reader<'a> {
    /// Starts with the names that are no settings.
    pub(crate) fn new(environment: &'a Environment, file: Option<&'a SettingsFile>) -> Self {
        let mut errors = ConfigErrors::new();
        for name in environment.unknown() {
            errors.unknown_variable(name);
        }
        if let Some(file) = file {
            for key in file.unknown() {
                errors.unknown_key(key, &file.path);
            }
        }
        Self {
            environment,
            file,
            errors,
        }
    }

    pub(crate) fn read<T, E: Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Reading<T> {
        let Some((place, text)) = self.look_up(setting) else {
            return Reading::Absent;
        };
        let complaint = match text {
            Err(complaint) => complaint.to_owned(),
            Ok(text) if text.expose().trim().is_empty() => {
                "is empty: give it a value or remove it".to_owned()
            }
            Ok(text) => match parse(text.expose().trim()) {
                Ok(value) => return Reading::Given(value),
                Err(error) => error.to_string(),
            },
        };
        self.errors.wrong(setting, &place, complaint);
        Reading::Wrong
    }

    pub(crate) fn optional<T, E: Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.read(setting, parse) {
            Reading::Given(value) => Some(value),
            Reading::Absent | Reading::Wrong => None,
        }
    }

    /// With the default standing in for a wrong value too, so that what depends on it can still be
    /// checked.
    pub(crate) fn or<T, E: Display>(
        &mut self,
        setting: &Setting,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> T {
        self.optional(setting, parse).unwrap_or(default)
    }

    /// `None` with a recorded error if it is missing or invalid.
    pub(crate) fn required<T, E: Display>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.read(setting, parse) {
            Reading::Given(value) => Some(value),
            Reading::Wrong => None,
            Reading::Absent => {
                self.errors.missing(setting);
                None
            }
        }
    }

    /// Reads settings that are compared afterwards, and returns whether all were valid: defaults in place of invalid
    /// ones are not compared.
    pub(crate) fn together<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.errors.count();
        let values = read(self);
        (values, self.errors.count() == before)
    }

    /// Whether the setting is given, valid or not.
    pub(crate) fn is_given(&self, setting: &Setting) -> bool {
        self.look_up(setting).is_some()
    }

    /// Records an error between settings that are each valid.
    pub(crate) fn conflict(&mut self, complaint: impl Display) {
        self.errors.conflict(complaint);
    }

    /// Returns the settings, unless there were errors.
    pub(crate) fn finish<T>(self, settings: Option<T>) -> Result<T, ConfigErrors> {
        settings
            .filter(|_| self.errors.count() == 0)
            .ok_or(self.errors)
    }

    /// The environment wins over the file.
    fn look_up(&self, setting: &Setting) -> Option<(ValueSource, Result<Secret, &'static str>)> {
        if let Some(value) = self.environment.get(setting.name) {
            let text = value.to_str().map(|text| Secret::new(text.to_owned()));
            return Some((ValueSource::Environment, text.ok_or("must be UTF-8 text")));
        }
        let file = self.file?;
        let text = match file.values.get(&setting.key())? {
            FileValue::Text(text) => Ok(text.clone()),
            FileValue::Other => Err("must be a text in quotes"),
        };
        Some((ValueSource::File(file.path.clone()), text))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::setting::{LISTEN, TAB_LIMIT, WORKERS};

    fn any(text: &str) -> Result<String, std::string::ParseError> {
        text.parse()
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = SettingsFile::parse(Path::new("f"), "listen = \"file\"\nworkers = 2").unwrap();
        let environment = [("UDAM_LISTEN".to_owned(), "environment")]
            .into_iter()
            .collect();
        let mut reader = Reader::new(&environment, Some(&file));
        assert_eq!(
            reader.optional(&LISTEN, any).as_deref(),
            Some("environment")
        );
        assert_eq!(reader.optional(&WORKERS, any).as_deref(), Some("2"));
        assert_eq!(reader.optional(&TAB_LIMIT, any), None);
        assert_eq!(reader.finish(Some(())), Ok(()));
    }

    #[test]
    fn an_empty_value_is_a_mistake_and_not_an_absent_one() {
        let environment = [("UDAM_LISTEN".to_owned(), " ")].into_iter().collect();
        let mut reader = Reader::new(&environment, None);
        assert_eq!(reader.optional(&LISTEN, any), None);
        let errors = reader.finish(Some(())).unwrap_err().to_string();
        assert!(
            errors.contains("UDAM_LISTEN in the environment is empty"),
            "{errors}"
        );
    }

    #[test]
    fn a_required_setting_is_missed_once() {
        let environment = Environment::default();
        let mut reader = Reader::new(&environment, None);
        let listen = reader.required(&LISTEN, any);
        let errors = reader.finish(listen).unwrap_err().to_string();
        assert_eq!(errors.matches("UDAM_LISTEN is missing").count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_value_that_is_not_text_is_an_error() {
        use std::os::unix::ffi::OsStringExt;
        let value = std::ffi::OsString::from_vec(vec![0xff]);
        let environment = [("UDAM_LISTEN".to_owned(), value)].into_iter().collect();
        let mut reader = Reader::new(&environment, None);
        assert_eq!(reader.optional(&LISTEN, any), None);
        assert!(reader.finish(Some(())).is_err());
    }
}
