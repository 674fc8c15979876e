use std::fmt;
use std::iter;

use udam_domain::listing::KeyId;
use udam_domain::secret::Secret;

use super::key::MasterKey;

/// One or more master keys. The first is the active one, which seals; each of them opens what it
/// sealed.
///
/// Parsed from `id:key` entries separated by commas or line breaks, where `key` is 32 bytes in padded
/// base64 (RFC 4648, section 4). Lines that start with `#` are comments.
pub struct MasterKeys {
    active: MasterKey,
    older: Vec<MasterKey>,
}

impl MasterKeys {
    /// The ids of all keys must differ.
    pub(super) const fn new(active: MasterKey, older: Vec<MasterKey>) -> Self {
        Self { active, older }
    }

    /// Returns the id of the active key.
    #[must_use]
    pub const fn active(&self) -> &KeyId {
        self.active.id()
    }

    /// Returns whether there is a key with this id.
    #[must_use]
    pub fn contains(&self, id: &KeyId) -> bool {
        self.find(id).is_some()
    }

    /// Returns the ids among `stored` that no key has: data sealed under them cannot be opened.
    pub fn missing<'a>(&self, stored: impl IntoIterator<Item = &'a KeyId>) -> Vec<KeyId> {
        stored
            .into_iter()
            .filter(|id| !self.contains(id))
            .cloned()
            .collect()
    }

    /// Returns all keys in the form that is parsed, one a line, the active one first.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        let lines: Vec<Secret> = self.iter().map(MasterKey::to_text).collect();
        let pieces: Vec<&str> = lines
            .iter()
            .flat_map(|line| [line.expose(), "\n"])
            .collect();
        Secret::new(pieces.concat())
    }

    /// The active key, to seal with.
    pub(crate) const fn active_key(&self) -> &MasterKey {
        &self.active
    }

    /// The key with this id, to open with.
    pub(crate) fn find(&self, id: &KeyId) -> Option<&MasterKey> {
        self.iter().find(|key| key.id() == id)
    }

    /// All keys, the active one first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        iter::once(&self.active).chain(&self.older)
    }
}

impl From<MasterKey> for MasterKeys {
    fn from(active: MasterKey) -> Self {
        Self::new(active, Vec::new())
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
    fn the_text_form_is_parsed_back_to_the_same_keys() {
        let text = new_and_old().to_text();
        assert_eq!(text.expose(), format!("new:{ONES}\nold:{ZEROS}\n"));
        let again: MasterKeys = text.expose().parse().unwrap();
        assert_eq!(ids(&again), ["new", "old"]);
    }

    #[test]
    fn missing_returns_the_stored_ids_that_no_key_has() {
        let keys = new_and_old();
        let stored = ["lost", "old", "gone"].map(|id| id.parse().unwrap());
        assert_eq!(names(&keys.missing(&stored)), ["lost", "gone"]);
        assert!(keys.contains(&stored[1]) && !keys.contains(&stored[0]));
        assert!(keys.missing([]).is_empty());
    }

    #[test]
    fn debug_output_holds_no_key() {
        assert_eq!(
            format!("{:?} {:?}", new_and_old(), new_and_old().to_text()),
            "[MasterKey(new, [redacted]), MasterKey(old, [redacted])] [redacted]"
        );
    }
}
