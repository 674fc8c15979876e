use udam_domain::gateway::AccessKey;

/// The first access key in a text.
pub(super) fn in_text(text: &str) -> Option<&str> {
    let start = text.find(AccessKey::PREFIX)?;
    let found = text.get(start..)?;
    let body = found.get(AccessKey::PREFIX.len()..)?;
    let length = body.bytes().take_while(u8::is_ascii_alphanumeric).count();
    found.get(..AccessKey::PREFIX.len() + length)
}

/// Whether there is an access key in the value of a header.
pub(crate) fn holds_access_key(value: &[u8]) -> bool {
    memchr::memmem::find(value, AccessKey::PREFIX.as_bytes()).is_some()
}
