use strum::{EnumIter, IntoStaticStr};

/// The head of a service's answer, as far as it decides what a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Head {
    /// Its status code.
    pub status: u16,
    /// Units that the service has declared in `UDAM-Units`.
    pub declared_units: Option<u32>,
}

/// The way a call ended. Its name, in snake case, is what storage, clients and metrics know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CallOutcome {
    /// The service has answered, and its answer has ended as announced.
    Answered(Head),
    /// The service has broken its answer off, or has paused for too long.
    CutShort(Head),
    /// The client has gone after the head of the answer had come.
    ClientLeft(Head),
    /// The client has gone, or has not sent its whole request, before the head of an answer came.
    ClientGone,
    /// The name of the service could not be resolved.
    NameNotFound,
    /// The name of the service leads to addresses that the gateway does not call.
    AddressRefused,
    /// The service accepts no connection.
    ConnectionRefused,
    /// No connection was made in time.
    ConnectTimeout,
    /// No secure connection was made: the certificate does not hold, or the handshake failed.
    TlsFailed,
    /// The head of the answer did not come in time.
    FirstByteTimeout,
    /// The service has closed the connection before an answer, or has sent what is not HTTP.
    Broken,
    /// The gateway stopped in the middle. It is recorded by whoever finds the call.
    Lost,
}

impl CallOutcome {
    /// Every outcome of a call whose answer had no head.
    pub const WITHOUT_HEAD: [Self; 9] = [
        Self::ClientGone,
        Self::NameNotFound,
        Self::AddressRefused,
        Self::ConnectionRefused,
        Self::ConnectTimeout,
        Self::TlsFailed,
        Self::FirstByteTimeout,
        Self::Broken,
        Self::Lost,
    ];

    /// The outcome of this name with this head; `None` for an unknown name.
    #[must_use]
    pub fn named(name: &str, head: Head) -> Option<Self> {
        let with_head = [
            Self::Answered(head),
            Self::CutShort(head),
            Self::ClientLeft(head),
        ];
        let mut all = with_head.into_iter().chain(Self::WITHOUT_HEAD);
        all.find(|outcome| outcome.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The head of the answer, if one came.
    #[must_use]
    pub const fn head(self) -> Option<Head> {
        match self {
            Self::Answered(head) | Self::CutShort(head) | Self::ClientLeft(head) => Some(head),
            _ => None,
        }
    }

    /// The head of an answer that the client has received, or could have.
    #[must_use]
    pub const fn charged_head(self) -> Option<Head> {
        match self {
            Self::Answered(head) | Self::ClientLeft(head) => Some(head),
            _ => None,
        }
    }

    /// Whether the service has done its part: it has answered, with a status below 500, to the end or for as long as
    /// the client stayed. `None` if the outcome tells nothing of the service.
    #[must_use]
    pub const fn is_success(self) -> Option<bool> {
        match self {
            Self::Answered(head) | Self::ClientLeft(head) => Some(head.status < 500),
            Self::ClientGone | Self::Lost => None,
            _ => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_outcome_is_found_by_its_name() {
        let head = Head {
            status: 200,
            declared_units: Some(2),
        };
        for outcome in CallOutcome::iter() {
            let found = CallOutcome::named(outcome.name(), head).unwrap();
            assert_eq!(found.name(), outcome.name());
            assert_eq!(found.head(), outcome.head().map(|_| head));
        }
        assert_eq!(CallOutcome::named("unknown", head), None);
        assert_eq!(CallOutcome::FirstByteTimeout.name(), "first_byte_timeout");
    }

    #[test]
    fn quality_counts_what_the_service_has_done() {
        let head = |status| Head {
            status,
            declared_units: None,
        };
        assert_eq!(CallOutcome::Answered(head(404)).is_success(), Some(true));
        assert_eq!(CallOutcome::Answered(head(503)).is_success(), Some(false));
        assert_eq!(CallOutcome::CutShort(head(200)).is_success(), Some(false));
        assert_eq!(CallOutcome::ConnectTimeout.is_success(), Some(false));
        assert_eq!(CallOutcome::ClientGone.is_success(), None);
    }
}
