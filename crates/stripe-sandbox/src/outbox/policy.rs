/// Faults that are injected into the delivery of webhooks. By default there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebhookPolicy {
    /// Probability that a webhook is never sent, in thousandths.
    pub(crate) drop_per_mille: u16,
    /// Probability that a webhook is sent twice, in thousandths.
    pub(crate) duplicate_per_mille: u16,
    /// Delay of each webhook.
    pub(crate) delay: DelayRange,
    /// Whether webhooks that are accepted together are sent in random order.
    pub(crate) shuffle: bool,
    /// Seed of the random numbers behind all of the above.
    pub(crate) seed: u64,
    /// Whether webhooks are held until they are released.
    pub(crate) hold: bool,
}

/// Shortest and longest delay of a webhook, in milliseconds, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DelayRange {
    pub(crate) min: u64,
    pub(crate) max: u64,
}

impl WebhookPolicy {
    pub(crate) const RELIABLE: Self = Self {
        drop_per_mille: 0,
        duplicate_per_mille: 0,
        delay: DelayRange { min: 0, max: 0 },
        shuffle: false,
        seed: 0,
        hold: false,
    };
}
