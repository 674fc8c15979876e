/// Whether a command has done what was asked of it for everything that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// For all of it.
    Complete,
    /// Not for some of it, which it has printed.
    Incomplete,
}
