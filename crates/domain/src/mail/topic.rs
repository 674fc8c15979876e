use std::collections::BTreeSet;

use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::secret::presented_secret;

/// Mails of one subject, which an account can do without. Those about its security and its payments are of none.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum MailTopic {
    /// A listing has sold out.
    SoldOut,
    /// Few units of a token are left.
    UnitsLow,
    /// Tokens expire in a few days.
    TokensExpiring,
    /// The sales of a day.
    SaleDigest,
}

impl MailTopic {
    /// All topics, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

/// Topics of mails that an account wants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailPreferences {
    off: BTreeSet<MailTopic>,
}

impl MailPreferences {
    /// All mails but those of these topics.
    pub fn without(topics: impl IntoIterator<Item = MailTopic>) -> Self {
        Self {
            off: topics.into_iter().collect(),
        }
    }

    /// Whether mails of this topic are wanted.
    #[must_use]
    pub fn wants(&self, topic: MailTopic) -> bool {
        !self.off.contains(&topic)
    }

    /// Topics whose mails are not wanted.
    pub fn off(&self) -> impl Iterator<Item = MailTopic> {
        self.off.iter().copied()
    }
}

/// A change of preferences: each topic that it names, and whether its mails are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailPreferencesEdit {
    changes: Vec<(MailTopic, bool)>,
}

impl MailPreferencesEdit {
    /// The change that also has this topic wanted or not.
    #[must_use]
    pub fn set(mut self, topic: MailTopic, is_wanted: bool) -> Self {
        self.changes.retain(|(known, _)| *known != topic);
        self.changes.push((topic, is_wanted));
        self
    }

    /// Topics whose mails are wanted or not wanted from now on.
    pub fn topics(&self, is_wanted: bool) -> impl Iterator<Item = MailTopic> {
        let changes = self.changes.iter();
        changes.filter_map(move |(topic, wanted)| (*wanted == is_wanted).then_some(*topic))
    }

    /// The preferences after the change.
    #[must_use]
    pub fn apply(&self, mut preferences: MailPreferences) -> MailPreferences {
        preferences.off.extend(self.topics(false));
        for topic in self.topics(true) {
            preferences.off.remove(&topic);
        }
        preferences
    }
}

presented_secret!(
    /// The secret of a link that ends the mails of a topic. Whoever has it can do that, and nothing else.
    UnsubscribeSecret
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_wanted_until_it_is_not() {
        let all = MailPreferences::default();
        assert!(MailTopic::all().all(|topic| all.wants(topic)));
        let edit = MailPreferencesEdit::default()
            .set(MailTopic::SaleDigest, false)
            .set(MailTopic::UnitsLow, false)
            .set(MailTopic::UnitsLow, true);
        let changed = edit.apply(all);
        assert_eq!(changed, MailPreferences::without([MailTopic::SaleDigest]));
        assert!(changed.wants(MailTopic::UnitsLow) && !changed.wants(MailTopic::SaleDigest));
        let back = MailPreferencesEdit::default().set(MailTopic::SaleDigest, true);
        assert_eq!(back.apply(changed), MailPreferences::default());
    }
}
