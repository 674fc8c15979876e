use std::fmt;

/// The payment provider's id of a session, a payment or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderReference(String);

impl ProviderReference {
    /// An id as the provider gave it.
    #[must_use]
    pub const fn new(name: String) -> Self {
        Self(name)
    }

    /// The id, as the provider gave it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_as_the_provider_gave_it() {
        let session = ProviderReference::new("cs_1".to_owned());
        let read = (session.as_str(), session.to_string());
        assert_eq!(read, ("cs_1", "cs_1".to_owned()));
    }
}
