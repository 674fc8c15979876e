use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use udam_domain::account::{Device, Email, FactorChange};
use udam_domain::mail::PasswordChange;
use udam_domain::time::{Date, Timestamp};

use crate::columns::{Cause, unreadable};
use crate::error::Unreadable;

/// What a mail tells that cannot be read from its subject when it is sent, as a JSON object of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    how: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
}

impl Facts {
    pub(crate) fn password_changed(
        how: PasswordChange,
        at: Timestamp,
        address: Option<IpAddr>,
    ) -> Self {
        Self {
            address,
            at: Some(at.to_string()),
            how: Some(how.to_string()),
            ..Self::default()
        }
    }

    pub(crate) fn second_factor_changed(
        what: FactorChange,
        at: Timestamp,
        address: Option<IpAddr>,
    ) -> Self {
        Self {
            address,
            at: Some(at.to_string()),
            what: Some(what.to_string()),
            ..Self::default()
        }
    }

    pub(crate) fn new_sign_in(
        device: Option<&Device>,
        at: Timestamp,
        address: Option<IpAddr>,
    ) -> Self {
        Self {
            address,
            at: Some(at.to_string()),
            device: device.map(ToString::to_string),
            ..Self::default()
        }
    }

    pub(super) fn email_changed(from: &Email, to: &Email) -> Self {
        Self {
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            ..Self::default()
        }
    }

    /// The text that is stored.
    pub(super) fn to_json(&self) -> String {
        // Texts and addresses always have a JSON form.
        serde_json::to_string(self).unwrap_or_else(|_unreachable| "{}".to_owned())
    }

    pub(super) fn from_json(text: &str) -> Result<Self, Unreadable> {
        // A list would be taken for facts in their order.
        let facts: Result<serde_json::Map<String, serde_json::Value>, _> =
            serde_json::from_str(text);
        facts
            .and_then(|facts| serde_json::from_value(facts.into()))
            .map_err(|error| unreadable("facts", error.into()))
    }

    pub(super) const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    pub(super) fn at(&self) -> Result<Timestamp, Unreadable> {
        required("at", self.at.as_deref())
    }

    pub(super) fn day(&self) -> Result<Date, Unreadable> {
        required("day", self.day.as_deref())
    }

    pub(super) fn device(&self) -> Result<Option<Device>, Unreadable> {
        let device = self.device.as_deref().map(str::parse).transpose();
        device.map_err(|error: udam_domain::TextError| unreadable("facts", error.into()))
    }

    pub(super) fn addresses(&self) -> Result<(Email, Email), Unreadable> {
        let from = required("from", self.from.as_deref())?;
        Ok((from, required("to", self.to.as_deref())?))
    }

    pub(super) fn what(&self) -> Result<FactorChange, Unreadable> {
        required("what", self.what.as_deref())
    }

    pub(super) fn how(&self) -> Result<PasswordChange, Unreadable> {
        required("how", self.how.as_deref())
    }
}

fn required<T: std::str::FromStr<Err: Into<Cause>>>(
    name: &str,
    text: Option<&str>,
) -> Result<T, Unreadable> {
    let text = text.ok_or_else(|| unreadable("facts", format!("`{name}` is missing").into()))?;
    text.parse()
        .map_err(|error: T::Err| unreadable("facts", error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_as_they_were_written() {
        let at: Timestamp = "2028-02-29T12:00:00.000001Z".parse().unwrap();
        let address = Some("2001:db8::1".parse().unwrap());
        let device: Device = "curl/8".parse().unwrap();
        let written = Facts::new_sign_in(Some(&device), at, address);
        let read = Facts::from_json(&written.to_json()).unwrap();
        assert_eq!(read, written);
        assert_eq!(
            (read.device().unwrap(), read.at().unwrap(), read.address()),
            (Some(device), at, address)
        );
        let changed = Facts::password_changed(PasswordChange::ByLink, at, None);
        let read = Facts::from_json(&changed.to_json()).unwrap();
        assert_eq!(read.how().unwrap(), PasswordChange::ByLink);
    }

    #[test]
    fn a_missing_fact_is_an_error() {
        assert!(Facts::from_json("{}").unwrap().at().is_err());
        assert!(Facts::from_json("[]").is_err());
    }
}
