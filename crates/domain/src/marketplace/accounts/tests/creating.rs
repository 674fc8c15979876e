use futures::executor::block_on;

use super::*;
use crate::fixtures::draw;

fn create(ports: Ports, name: Option<&str>) -> Result<Account, RegisterAccountError> {
    let request = CreateAccount {
        email: email(),
        name: name.map(|name| name.parse().unwrap()),
    };
    block_on(ports.accounts().create(request))
}

#[test]
fn an_account_is_created_without_a_password_or_a_session() {
    let id = AccountId::mint(at(NOW), &draw(1));
    let neutral = AccountName::neutral(id);
    for (given, called) in [(Some("Countess"), "Countess"), (None, neutral.as_str())] {
        let mut ports = Ports::default();
        ports
            .accounts
            .expect_register()
            .withf(move |new, session| {
                new.account.id == id
                    && new.account.email == email()
                    && new.password_hash.is_none()
                    && new.registered_at == at(NOW)
                    && session.is_none()
            })
            .once()
            .returning(|_, _| Ok(()));
        let account = create(ports, given).unwrap();
        assert_eq!((account.id, account.name.as_str()), (id, called));
    }
}

#[test]
fn a_taken_address_creates_no_account() {
    let mut ports = Ports::default();
    ports
        .accounts
        .expect_register()
        .returning(|_, _| Err(RegisterAccountError::EmailTaken));
    let error = create(ports, None).unwrap_err();
    assert!(matches!(error, RegisterAccountError::EmailTaken));
}
