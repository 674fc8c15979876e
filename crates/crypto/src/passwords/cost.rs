use argon2::Params;
use thiserror::Error;
use udam_domain::HashingError;

/// What hashing one password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// How often the memory is gone over.
    pub iterations: u32,
    /// How many lanes the memory has.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// 19 MiB, twice, in one lane: what the OWASP Password Storage Cheat Sheet asks for at least, and
    /// the one of its equivalent settings whose memory a server with many logins can spare.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1_024,
            iterations: 2,
            lanes: 1,
        }
    }
}

impl Argon2Cost {
    pub(super) const fn params(self) -> Result<Params, argon2::Error> {
        Params::new(self.memory_kib, self.iterations, self.lanes, None)
    }
}

/// Why there is no password hasher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Argon2SetupError {
    /// RFC 9106, section 3.1, does not allow this cost.
    #[error("the cost of hashing passwords is out of range")]
    Cost(#[source] argon2::Error),
    /// There was no randomness for it.
    #[error("the decoy among the password hashes could not be made")]
    Decoy(#[source] HashingError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_owasp_asks_for() {
        let params = Argon2Cost::default().params().unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (19_456, 2, 1)
        );
        assert_eq!(params.output_len(), None, "32 bytes unless said");
    }

    #[test]
    fn a_cost_out_of_range_is_refused() {
        let cost = Argon2Cost::default();
        for cost in [
            Argon2Cost {
                memory_kib: 7,
                ..cost
            },
            Argon2Cost {
                iterations: 0,
                ..cost
            },
            Argon2Cost { lanes: 0, ..cost },
        ] {
            assert!(cost.params().is_err(), "{cost:?}");
        }
    }
}
