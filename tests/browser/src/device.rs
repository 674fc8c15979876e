/// An emulated device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Viewport width, in CSS pixels.
    pub width: u32,
    /// Viewport height, in CSS pixels.
    pub height: u32,
    /// Preferred colour scheme.
    pub scheme: Scheme,
    /// Whether JavaScript is on.
    pub javascript: bool,
}

/// A preferred colour scheme.
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

    /// A phone of 360 by 740, the narrowest that is common. Pages without a viewport declaration are laid out
    /// wider, as on phones.
    pub const PHONE: Self = Self {
        width: 360,
        height: 740,
        ..Self::DESKTOP
    };

    /// The same with the dark scheme.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self {
            scheme: Scheme::Dark,
            ..self
        }
    }

    /// The same with JavaScript off.
    #[must_use]
    pub const fn without_javascript(self) -> Self {
        Self {
            javascript: false,
            ..self
        }
    }

    /// Whether to emulate a mobile browser.
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
