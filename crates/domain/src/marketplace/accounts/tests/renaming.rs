use futures::executor::block_on;

use super::*;
use crate::fixtures::account_id;

#[test]
fn an_account_renames_itself_now() {
    let mut ports = Ports::default();
    let expected = RenameAccount {
        actor: account_id(2).into(),
        name: "Ada & Co.".parse().unwrap(),
        at: at(NOW),
    };
    let (actor, name) = (expected.actor, expected.name.clone());
    ports
        .accounts
        .expect_rename()
        .withf(move |asked| *asked == expected)
        .once()
        .returning(|_| Ok(()));
    block_on(ports.accounts().rename(actor, name)).unwrap();
}

#[test]
fn a_name_that_was_not_stored_is_an_error() {
    let mut ports = Ports::default();
    ports
        .accounts
        .expect_rename()
        .once()
        .returning(|_| Err(StoreError::Overloaded));
    let accounts = ports.accounts();
    let renamed = accounts.rename(account_id(2).into(), "Ada".parse().unwrap());
    assert!(matches!(block_on(renamed), Err(StoreError::Overloaded)));
}
