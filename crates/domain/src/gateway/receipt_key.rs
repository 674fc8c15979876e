/// A public key that verifies receipts of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptKey {
    /// Id by which receipts name it, chosen by the signer.
    pub id: String,
    /// Ed25519 public key (RFC 8032, section 5.1.5).
    pub public_key: [u8; Self::LENGTH],
}

impl ReceiptKey {
    /// Length of a public key, in bytes.
    pub const LENGTH: usize = 32;
}
