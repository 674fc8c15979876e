/// Whether anybody sends mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mailing {
    /// Nobody does: none are written.
    #[default]
    Off,
    /// A worker does.
    On,
}
