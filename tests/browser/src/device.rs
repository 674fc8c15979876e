/// What somebody looks at the pages with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// CSS pixels across.
    pub width: u32,
    /// CSS pixels from top to bottom, of what shows without scrolling.
    pub height: u32,
    /// Which colours its owner prefers.
    pub scheme: Scheme,
    /// Whether it runs scripts.
    pub javascript: bool,
}

/// Which colours somebody prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Device {
    /// A window of 1280 by 900.
    pub const DESKTOP: Self = Self {
        width: 1280,
        height: 900,
        scheme: Scheme::Light,
        javascript: true,
    };

    /// The narrowest phone that is still common, 360 by 740. It lays out a page that names no
    /// viewport as if it were wider, as phones do.
    pub const PHONE: Self = Self {
        width: 360,
        height: 740,
        ..Self::DESKTOP
    };

    /// The same with dark colours.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self {
            scheme: Scheme::Dark,
            ..self
        }
    }

    /// The same without scripts.
    #[must_use]
    pub const fn without_javascript(self) -> Self {
        Self {
            javascript: false,
            ..self
        }
    }

    /// Whether pages are shown as on a phone.
    pub(crate) fn is_phone(self) -> bool {
        self.width < 600
    }
}

impl Scheme {
    /// Its name in CSS.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}
