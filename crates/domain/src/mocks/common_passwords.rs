use crate::ports::CommonPasswords;

/// These passwords, in lower case, are common, and no others.
#[derive(Debug, Clone, Copy, Default)]
pub struct FixedCommonPasswords(pub &'static [&'static str]);

impl CommonPasswords for FixedCommonPasswords {
    fn contains(&self, password: &str) -> bool {
        self.0.contains(&password)
    }
}
