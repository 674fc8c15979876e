use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Effect of an inquiry, by which a buyer's bank asks about a payment before it takes any money.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Inquiries {
    /// Nothing.
    #[default]
    Ignore,
    /// It suspends tokens for as long as it lasts, as a dispute does.
    Suspend,
}
