/// Passwords that are used so often that whoever guesses one tries them first.
///
/// OWASP ASVS 5.0, 6.2.4, asks for the 3,000 most common at least that have a valid length; NIST SP 800-63B,
/// 3.1.1.2, for such a list of whatever size makes guessing within the limits on attempts hopeless.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait CommonPasswords: Send + Sync {
    /// Returns whether the password is one of them. It is given in lower case. Must not block.
    fn contains(&self, password: &str) -> bool;
}
