//! Identifiers that look like Stripe's, lengths included, so that a column too narrow is found here.

use crate::chance::Chance;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Draws identifiers. With a random seed they are unique across restarts, which matters because the
/// sandbox forgets and the application under test does not.
#[derive(Debug)]
pub(crate) struct Ids(Chance);

impl Ids {
    pub(crate) const fn new(chance: Chance) -> Self {
        Self(chance)
    }

    pub(crate) fn session(&mut self) -> String {
        self.draw("cs_test_a1", 56)
    }

    pub(crate) fn payment_intent(&mut self) -> String {
        self.draw("pi_3", 23)
    }

    pub(crate) fn charge(&mut self) -> String {
        self.draw("ch_3", 23)
    }

    pub(crate) fn payment_method(&mut self) -> String {
        self.draw("pm_1", 23)
    }

    pub(crate) fn refund(&mut self) -> String {
        self.draw("re_3", 23)
    }

    pub(crate) fn dispute(&mut self) -> String {
        self.draw("dp_1", 23)
    }

    pub(crate) fn event(&mut self) -> String {
        self.draw("evt_1", 23)
    }

    pub(crate) fn transaction(&mut self) -> String {
        self.draw("txn_1", 23)
    }

    pub(crate) fn line_item(&mut self) -> String {
        self.draw("li_1", 23)
    }

    pub(crate) fn price(&mut self) -> String {
        self.draw("price_1", 23)
    }

    pub(crate) fn product(&mut self) -> String {
        self.draw("prod_", 14)
    }

    pub(crate) fn request(&mut self) -> String {
        self.draw("req_", 14)
    }

    fn draw(&mut self, prefix: &str, length: usize) -> String {
        let mut id = String::from(prefix);
        let mut missing = length;
        while missing > 0 {
            let letters = self
                .0
                .block()
                .take(missing)
                .filter_map(|byte| ALPHABET.get(usize::from(byte) % ALPHABET.len()));
            for letter in letters {
                id.push(char::from(*letter));
                missing -= 1;
            }
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn identifiers_have_the_length_of_stripe_s_and_never_repeat() {
        let mut ids = Ids::new(Chance::seeded(1));
        assert_eq!(ids.session().len(), 66);
        assert_eq!(ids.payment_intent().len(), 27);
        let drawn: HashSet<String> = (0..10_000).map(|_| ids.event()).collect();
        assert_eq!(drawn.len(), 10_000);
    }
}
