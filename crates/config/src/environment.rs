use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use crate::service_links::is_service_link;
use crate::setting::{self, PREFIX};

/// The environment variables that are settings, or could be misspelled ones.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// The variables that this process was started with.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the environment becomes settings"
    )]
    pub fn of_this_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&OsString> {
        self.0.get(name)
    }

    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.0
            .keys()
            .map(String::as_str)
            .filter(|name| !is_setting(name))
    }
}

/// Other variables are dropped: they may hold secrets, or say where a Service of Kubernetes is.
impl<V: Into<OsString>> FromIterator<(String, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(variables: I) -> Self {
        let ours = variables
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .filter(|(name, value)| is_setting(name) || is_meant_as_setting(name, value));
        Self(ours.collect())
    }
}

fn is_meant_as_setting(name: &str, value: &OsStr) -> bool {
    let is_link = || {
        value
            .to_str()
            .is_some_and(|value| is_service_link(name, value))
    };
    name.starts_with(PREFIX) && !is_link()
}

fn is_setting(name: &str) -> bool {
    setting::ALL.iter().any(|setting| setting.name == name)
}

/// Values are left out: some are secret.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_prefixes_are_kept_and_no_value_is_printed() {
        let variables = [
            "UDAM_LISTNE",
            "DATABASE_URL",
            "AWS_SECRET_ACCESS_KEY",
            "PATH",
        ]
        .map(|name| (name.to_owned(), "hunter2"));
        let environment: Environment = variables.into_iter().collect();
        assert_eq!(
            format!("{environment:?}"),
            r#"{"DATABASE_URL", "UDAM_LISTNE"}"#
        );
        assert_eq!(environment.unknown().collect::<Vec<_>>(), ["UDAM_LISTNE"]);
    }

    #[test]
    fn what_kubernetes_sets_for_services_is_dropped_and_a_typo_is_kept() {
        let variables = [
            ("UDAM_PORT", "tcp://10.0.0.1:80"),
            ("UDAM_POSTGRES_SERVICE_HOST", "10.0.0.2"),
            ("UDAM_LISTEN_PORT", "8080"),
            ("UDAM_LISTEN", "tcp://10.0.0.1:80"),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let environment: Environment = variables.into_iter().collect();
        let unknown: Vec<&str> = environment.unknown().collect();
        assert_eq!(unknown, ["UDAM_LISTEN_PORT"]);
        assert!(environment.get("UDAM_LISTEN").is_some());
    }
}
