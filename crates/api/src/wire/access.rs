use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Access that buyers have to a service.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Access {
    /// They are shown its key.
    #[default]
    Key,
    /// They call it through the gateway.
    Gateway,
}

impl Access {
    /// Access through the gateway if there are terms of it, and by the key otherwise.
    pub(super) const fn by<T>(terms: Option<&T>) -> Self {
        match terms {
            Some(_) => Self::Gateway,
            None => Self::Key,
        }
    }
}
