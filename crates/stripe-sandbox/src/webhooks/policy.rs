//! What the post does to letters.

/// How unreliable the post is. By default it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    /// How many in a thousand never arrive.
    pub(crate) drop_per_mille: u16,
    /// How many in a thousand arrive twice.
    pub(crate) duplicate_per_mille: u16,
    /// How long they take, in milliseconds: between the least and the most.
    pub(crate) delay: Delay,
    /// Whether letters posted together are sent in any order.
    pub(crate) shuffle: bool,
    /// What decides all of the above.
    pub(crate) seed: u64,
    /// Whether letters are kept back until they are released.
    pub(crate) hold: bool,
}

/// A span of milliseconds, both ends included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Delay {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

impl Policy {
    pub(crate) const RELIABLE: Self = Self {
        drop_per_mille: 0,
        duplicate_per_mille: 0,
        delay: Delay { least: 0, most: 0 },
        shuffle: false,
        seed: 0,
        hold: false,
    };
}
