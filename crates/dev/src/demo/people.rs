use udam_domain::account::{AccountName, Email, Password};
use udam_domain::marketplace::Register;

use super::goods::{ATLAS, Good, MERIDIAN, NORTHWIND};

/// The password of every demo account, for clients that send one. Nothing here is worth a better
/// one.
pub(crate) const PASSWORD: &str = "demo-password";

/// Somebody who sells or buys, at an address that nobody has (RFC 2606).
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) email: &'static str,
    pub(super) name: &'static str,
    pub(super) sells: &'static [Good],
}

pub(crate) const SELLERS: [Person; 3] = [
    Person {
        email: "northwind@example.com",
        name: "Northwind Weather",
        sells: NORTHWIND,
    },
    Person {
        email: "atlas@example.com",
        name: "Atlas Geodata",
        sells: ATLAS,
    },
    Person {
        email: "meridian@example.com",
        name: "Meridian Markets",
        sells: MERIDIAN,
    },
];

pub(crate) const BUYERS: [Person; 2] = [
    Person {
        email: "ada@example.com",
        name: "Ada Lovelace",
        sells: &[],
    },
    Person {
        email: "grace@example.com",
        name: "Grace Hopper",
        sells: &[],
    },
];

impl Person {
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
