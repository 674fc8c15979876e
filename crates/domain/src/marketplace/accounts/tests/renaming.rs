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
        .returning(|_| Err(StoreError::Overloaded.into()));
    let accounts = ports.accounts();
    let renamed = accounts.rename(account_id(2).into(), "Ada".parse().unwrap());
    assert!(matches!(
        block_on(renamed),
        Err(RenameError::Unavailable(StoreError::Overloaded))
    ));
}

#[test]
fn a_name_that_poses_as_somebody_else_is_not_stored() {
    for name in ["Support", "U\u{200d}DAM"] {
        let accounts = Ports::default().accounts();
        let renamed = accounts.rename(account_id(2).into(), name.parse().unwrap());
        assert!(matches!(block_on(renamed), Err(RenameError::Name(_))));
        let request = Register {
            email: email(),
            password: password("correct horse battery"),
            name: name.parse().ok(),
        };
        let registered = Ports::default().accounts();
        let registered = block_on(registered.register(request, Origin::default()));
        assert!(matches!(registered, Err(RegisterError::Name(_))));
    }
}
