//! The keys that sellers' keys are sealed under: what an operator keeps, and the database never sees.

mod key;
mod parse;

use std::fmt;
use std::iter;

use udam_domain::listing::KeyId;
use udam_domain::secret::Secret;

pub use key::MasterKey;
pub use parse::ParseMasterKeysError;

/// One or more master keys, the first of them active: it seals, all of them open.
///
/// Their text form is `id:key`, the key's 32 bytes in padded base64 (RFC 4648, section 4), with
/// commas or line breaks between several. Lines that start with `#` are comments.
pub struct MasterKeys {
    active: MasterKey,
    older: Vec<MasterKey>,
}

impl MasterKeys {
    /// The id of the key that seals.
    #[must_use]
    pub const fn active(&self) -> &KeyId {
        self.active.id()
    }

    /// Whether the key is at hand.
    #[must_use]
    pub fn contains(&self, id: &KeyId) -> bool {
        self.find(id).is_some()
    }

    /// Those of the keys that stored data was sealed under which are not at hand: with any, some of
    /// the data does not open.
    pub fn missing<'a>(&self, stored: impl IntoIterator<Item = &'a KeyId>) -> Vec<KeyId> {
        stored
            .into_iter()
            .filter(|id| !self.contains(id))
            .cloned()
            .collect()
    }

    /// All keys in their text form, one a line, the active one first.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        let lines: Vec<Secret> = self.iter().map(MasterKey::to_text).collect();
        let pieces: Vec<&str> = lines
            .iter()
            .flat_map(|line| [line.expose(), "\n"])
            .collect();
        Secret::new(pieces.concat())
    }

    pub(crate) const fn active_key(&self) -> &MasterKey {
        &self.active
    }

    pub(crate) fn find(&self, id: &KeyId) -> Option<&MasterKey> {
        self.iter().find(|key| key.id() == id)
    }

    fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        iter::once(&self.active).chain(&self.older)
    }
}

impl From<MasterKey> for MasterKeys {
    fn from(active: MasterKey) -> Self {
        let older = Vec::new();
        Self { active, older }
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const ONES: &str = "//////////////////////////////////////////8=";

    fn names<'a>(ids: impl IntoIterator<Item = &'a KeyId>) -> Vec<&'a str> {
        ids.into_iter().map(KeyId::as_str).collect()
    }

    fn ids(keys: &MasterKeys) -> Vec<&str> {
        names(keys.iter().map(MasterKey::id))
    }

    fn new_and_old() -> MasterKeys {
        format!("new:{ONES},old:{ZEROS}").parse().unwrap()
    }

    #[test]
    fn the_first_key_is_active() {
        let keys = new_and_old();
        assert_eq!(keys.active().as_str(), "new");
        assert_eq!(keys.active_key().bytes(), &[0xff; 32]);
        assert_eq!(ids(&keys), ["new", "old"]);
    }

    #[test]
    fn keys_survive_their_text_form() {
        let text = new_and_old().to_text();
        assert_eq!(text.expose(), format!("new:{ONES}\nold:{ZEROS}\n"));
        let again: MasterKeys = text.expose().parse().unwrap();
        assert_eq!(ids(&again), ["new", "old"]);
    }

    #[test]
    fn keys_that_stored_data_needs_are_named_when_missing() {
        let keys = new_and_old();
        let stored = ["lost", "old", "gone"].map(|id| id.parse().unwrap());
        assert_eq!(names(&keys.missing(&stored)), ["lost", "gone"]);
        assert!(keys.contains(&stored[1]) && !keys.contains(&stored[0]));
        assert!(keys.missing([]).is_empty());
    }

    #[test]
    fn no_key_prints() {
        assert_eq!(
            format!("{:?} {:?}", new_and_old(), new_and_old().to_text()),
            "[MasterKey(new, [redacted]), MasterKey(old, [redacted])] [redacted]"
        );
    }
}
