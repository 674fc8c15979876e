use std::fmt;

/// An id that the payment provider has given, kept as it is.
macro_rules! provider_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// An id as the provider gave it.
            #[must_use]
            pub const fn new(id: String) -> Self {
                Self(id)
            }

            /// The id, as the provider gave it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

provider_id! {
    /// The payment provider's id of a session, a payment or a refund.
    ProviderReference
}

provider_id! {
    /// The provider's id of an event, by which a repeat is recognised.
    EventId
}

impl EventId {
    /// Whether it is the id of an event that was made here, of a report or for a record: these have a colon, which no provider's
    /// ids have.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.0.contains(':')
    }

    /// Id under which it is recorded that an event could not be read. It differs from the event's own, so that
    /// the event is applied should it come again in a form that can be read.
    #[must_use]
    pub fn unreadable(&self) -> Self {
        Self(format!("unreadable:{self}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_as_the_provider_gave_them() {
        let session = ProviderReference::new("cs_1".to_owned());
        let read = (session.as_str(), session.to_string());
        assert_eq!(read, ("cs_1", "cs_1".to_owned()));
        let event = EventId::new("evt_1".to_owned());
        let read = (event.as_str(), event.to_string());
        assert_eq!(read, ("evt_1", "evt_1".to_owned()));
        assert!(!event.is_own() && event.unreadable().is_own());
    }
}
