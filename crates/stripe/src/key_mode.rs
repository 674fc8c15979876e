use udam_domain::secret::Secret;

/// Mode of a secret key: real payments, or payments with test cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyMode {
    Live,
    Test,
}

impl KeyMode {
    /// The mode that a key's prefix names (`sk_live_…`, `rk_test_…`); `None` if it names none.
    pub(crate) fn of(key: &Secret) -> Option<Self> {
        let (_, rest) = key.expose().trim().split_once('_')?;
        match rest.split_once('_')?.0 {
            "live" => Some(Self::Live),
            "test" => Some(Self::Test),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_a_key_names_its_mode() {
        let mode = |key: &str| KeyMode::of(&Secret::new(key.to_owned()));
        assert_eq!(mode("sk_live_51Hx"), Some(KeyMode::Live));
        assert_eq!(mode("rk_test_51Hx"), Some(KeyMode::Test));
        for odd in ["", "sk", "sk_live", "sk_org_live_1", "whatever"] {
            assert_eq!(mode(odd), None, "{odd}");
        }
    }
}
