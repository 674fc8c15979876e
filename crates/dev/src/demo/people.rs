use udam_domain::account::{AccountName, Email, Password};
use udam_domain::marketplace::Register;

use super::goods::{ATLAS, Good, MERIDIAN, NORTHWIND};

/// The password of every demo account, for clients that send one. Nothing here is worth a better
/// one.
pub(crate) const PASSWORD: &str = "demo-password";

/// A demo account: a seller with its listings, or a buyer. Its address is at `example.com` (RFC 2606).
#[derive(Debug)]
pub(crate) struct DemoAccount {
    pub(crate) email: &'static str,
    pub(super) name: &'static str,
    pub(super) sells: &'static [Good],
}

pub(crate) const SELLERS: [DemoAccount; 3] = [
    DemoAccount {
        email: "northwind@example.com",
        name: "Northwind Weather",
        sells: NORTHWIND,
    },
    DemoAccount {
        email: "atlas@example.com",
        name: "Atlas Geodata",
        sells: ATLAS,
    },
    DemoAccount {
        email: "meridian@example.com",
        name: "Meridian Markets",
        sells: MERIDIAN,
    },
];

pub(crate) const BUYERS: [DemoAccount; 2] = [
    DemoAccount {
        email: "ada@example.com",
        name: "Ada Lovelace",
        sells: &[],
    },
    DemoAccount {
        email: "grace@example.com",
        name: "Grace Hopper",
        sells: &[],
    },
];

impl DemoAccount {
    pub(super) fn email(&self) -> Option<Email> {
        self.email.parse().ok()
    }

    pub(super) fn registration(&self) -> Option<Register> {
        let name: AccountName = self.name.parse().ok()?;
        let password = Password::new(PASSWORD.to_owned()).ok()?;
        Some(Register {
            email: self.email()?,
            password,
            name: Some(name),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn demo_accounts_are_valid_and_distinct() {
        let people = SELLERS.iter().chain(&BUYERS);
        let addresses: HashSet<Email> = people
            .map(|person| person.registration().expect(person.email).email)
            .collect();
        assert_eq!(addresses.len(), SELLERS.len() + BUYERS.len());
    }
}
