use argon2::Params;

/// Cost of one password hash, as Argon2's parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory *m*, in KiB; at least 8 for each lane.
    pub memory_kib: u32,
    /// Passes *t* over the memory, at least one.
    pub iterations: u32,
    /// Lanes *p*, the degree of parallelism, at least one. They run one after the other here.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// 19 MiB, two passes, one lane: the minimum of the OWASP Password Storage Cheat Sheet. Of its
    /// equivalent settings this one leaves a server with many logins enough memory.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_minimum_of_owasp() {
        let params = Argon2Cost::default().params().unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (19_456, 2, 1)
        );
        assert_eq!(params.output_len(), None, "the default length, 32 bytes");
    }

    #[test]
    fn a_cost_out_of_range_is_rejected() {
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
