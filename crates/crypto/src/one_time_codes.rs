use ring::hmac;
use udam_domain::account::{RecoveryCode, RecoveryCodeDigest, TotpCode, TotpSecret, TotpStep};
use udam_domain::{Entropy, OneTimeCodes};
use zeroize::Zeroizing;

use crate::base32;
use crate::bearer;
use crate::system::SystemEntropy;

/// Bytes of a secret: those of a SHA-1, as RFC 4226 (section 4, R6) recommends.
const SECRET_BYTES: usize = 20;

/// Makes and computes the codes of second factors: TOTP (RFC 6238) with HMAC-SHA-1, steps of thirty seconds and six digits,
/// which is what apps expect that are told no other; and recovery codes, digested with SHA-256.
#[derive(Debug, Clone, Copy, Default)]
pub struct RingOneTimeCodes;

impl OneTimeCodes for RingOneTimeCodes {
    /// # Panics
    /// If the operating system has no random bytes.
    fn new_secret(&self) -> TotpSecret {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        SystemEntropy.fill(bytes.as_mut_slice());
        TotpSecret::new(base32::encode(bytes.as_slice()))
    }

    fn code(&self, secret: &TotpSecret, step: TotpStep) -> Option<TotpCode> {
        let bytes = base32::decode(secret.expose())?;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
        let tag = hmac::sign(&key, &step.number().to_be_bytes());
        truncated(tag.as_ref())
    }

    /// # Panics
    /// If the operating system has no random bytes.
    fn new_recovery_code(&self) -> (RecoveryCode, RecoveryCodeDigest) {
        let mut bytes = Zeroizing::new([0; RecoveryCode::BYTES]);
        SystemEntropy.fill(bytes.as_mut_slice());
        let code = RecoveryCode::from_bytes(*bytes);
        let digest = self.digest(&code);
        (code, digest)
    }

    fn digest(&self, code: &RecoveryCode) -> RecoveryCodeDigest {
        RecoveryCodeDigest::new(bearer::digest_of(code.expose()))
    }
}

/// The dynamic truncation of RFC 4226, section 5.3.
fn truncated(tag: &[u8]) -> Option<TotpCode> {
    let offset = usize::from(tag.last()? & 0xf);
    let bits = tag.get(offset..)?.first_chunk()?;
    Some(TotpCode::truncated(u32::from_be_bytes(*bits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc() {
        // Appendix B has eight digits, of which these are the last six.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = TotpStep::new(seconds / TotpStep::SECONDS);
            let computed = RingOneTimeCodes.code(&TotpSecret::new(SECRET.to_owned()), step);
            assert_eq!(computed, code.parse().ok(), "{seconds}");
        }
    }

    #[test]
    fn a_secret_has_160_bits_and_is_another_each_time() {
        let [one, other] = [(); 2].map(|()| RingOneTimeCodes.new_secret());
        assert_eq!(one.expose().len(), 32);
        assert_ne!(one.expose(), other.expose());
        assert!(RingOneTimeCodes.code(&one, TotpStep::new(1)).is_some());
        let malformed = TotpSecret::new("not base 32!".to_owned());
        assert_eq!(RingOneTimeCodes.code(&malformed, TotpStep::new(1)), None);
    }

    #[test]
    fn a_recovery_code_is_found_by_its_digest_however_it_is_typed() {
        let (code, digest) = RingOneTimeCodes.new_recovery_code();
        let typed = code.grouped().expose().to_uppercase();
        assert_eq!(RingOneTimeCodes.digest(&typed.parse().unwrap()), digest);
        assert_ne!(RingOneTimeCodes.new_recovery_code().1, digest);
    }
}
