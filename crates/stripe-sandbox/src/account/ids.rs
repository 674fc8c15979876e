use fastrand::Rng;

/// Generates ids with the prefixes and lengths of Stripe's, so that a column too narrow for them is found
/// in tests.
///
/// The application under test outlives the sandbox, so ids must not repeat after a restart: in use, the
/// generator is seeded by the operating system.
#[derive(Debug)]
pub(crate) struct Ids(Rng);

impl Ids {
    pub(super) const fn new(rng: Rng) -> Self {
        Self(rng)
    }

    pub(super) fn session(&mut self) -> String {
        self.generate("cs_test_a1", 56)
    }

    pub(super) fn payment_intent(&mut self) -> String {
        self.generate("pi_3", 23)
    }

    pub(super) fn charge(&mut self) -> String {
        self.generate("ch_3", 23)
    }

    pub(super) fn payment_method(&mut self) -> String {
        self.generate("pm_1", 23)
    }

    pub(super) fn refund(&mut self) -> String {
        self.generate("re_3", 23)
    }

    pub(super) fn dispute(&mut self) -> String {
        self.generate("du_1", 23)
    }

    /// An acquirer reference number: digits only.
    pub(super) fn refund_reference(&mut self) -> String {
        std::iter::repeat_with(|| self.0.digit(10))
            .take(23)
            .collect()
    }

    pub(crate) fn event(&mut self) -> String {
        self.generate("evt_1", 23)
    }

    pub(super) fn balance_transaction(&mut self) -> String {
        self.generate("txn_1", 23)
    }

    pub(super) fn line_item(&mut self) -> String {
        self.generate("li_1", 23)
    }

    pub(super) fn price(&mut self) -> String {
        self.generate("price_1", 23)
    }

    pub(super) fn product(&mut self) -> String {
        self.generate("prod_", 14)
    }

    pub(crate) fn request(&mut self) -> String {
        self.generate("req_", 14)
    }

    fn generate(&mut self, prefix: &str, random_length: usize) -> String {
        let random = std::iter::repeat_with(|| self.0.alphanumeric()).take(random_length);
        prefix.chars().chain(random).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_have_the_length_of_stripe_s_and_never_repeat() {
        let mut ids = Ids::new(Rng::with_seed(1));
        assert_eq!(ids.session().len(), 66);
        assert_eq!(ids.payment_intent().len(), 27);
        let generated: HashSet<String> = (0..10_000).map(|_| ids.event()).collect();
        assert_eq!(generated.len(), 10_000);
    }
}
