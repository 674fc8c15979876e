use metrics::{counter, describe_counter};

const CUT: &str = "udam_http_connections_cut_total";

/// Why a connection was cut off by the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its client had too many of them.
    TooMany,
    /// A request did not arrive in time.
    SlowRequest,
    /// The client did not take a response in time.
    SlowReader,
}

impl Cut {
    const ALL: [Self; 3] = [Self::TooMany, Self::SlowRequest, Self::SlowReader];

    const fn name(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::SlowRequest => "slow_request",
            Self::SlowReader => "slow_reader",
        }
    }
}

/// Describes the counter of connections that are cut off to the installed recorder, and sets it to zero for each reason.
pub fn describe_metrics() {
    describe_counter!(CUT, "Connections cut off by the server, by reason.");
    for cut in Cut::ALL {
        counter!(CUT, "reason" => cut.name()).increment(0);
    }
}

/// Counts a connection that is cut off.
pub(super) fn count(cut: Cut) {
    counter!(CUT, "reason" => cut.name()).increment(1);
}
