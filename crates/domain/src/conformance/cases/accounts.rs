use super::cases;
use crate::account::{PasswordHash, RenameAccount};
use crate::audit::Actor;
use crate::conformance::check::{Checked, equal, holds, some};
use crate::conformance::join::join_all;
use crate::conformance::market::{Market, new_account};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, text};
use crate::id::AccountId;
use crate::page::PageRequest;
use crate::ports::{RegisterAccountError, ReplacePassword};

cases! {
    an_account_is_found_by_its_address_and_has_an_empty_tab:
        "A registered account is found by its address, and its tab is zero.",
    an_address_belongs_to_one_account:
        "Registering an address that another account has fails, also at the same time.",
    an_unknown_account_has_nothing:
        "An unknown account has no credentials, no tab, and empty pages.",
    a_password_is_replaced_if_it_is_still_the_one_that_was_verified:
        "A password is replaced only while the stored hash is the verified one.",
    a_changed_name_is_that_of_the_account_and_of_its_listings:
        "A changed name is shown of the account and of its listings; others keep theirs.",
}

async fn an_account_is_found_by_its_address_and_has_an_empty_tab(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let accounts = &market.stores.accounts;
    let found = accounts
        .find_credentials(&text("buyer@example.com")?)
        .await?;
    let found = some("the credentials of the buyer", found)?;
    let expected = new_account(market.buyer, "buyer")?;
    equal("the account", found.account, expected.account)?;
    holds("no password hash", &found.password_hash, Option::is_none)?;
    market.tab_is(0).await
}

async fn an_address_belongs_to_one_account(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let accounts = &market.stores.accounts;
    let ids = [(); 4].map(|()| AccountId::mint(at(0), &market.ids));
    let first = accounts.register(new_account(market.unknown_account(), "buyer")?, None);
    holds("EmailTaken", &first.await, |found| {
        matches!(found, Err(RegisterAccountError::EmailTaken))
    })?;
    let new = ids.map(|id| new_account(id, "newcomer"));
    let new = new.into_iter().collect::<Checked<Vec<_>>>()?;
    let registered = join_all(
        new.into_iter()
            .map(|account| accounts.register(account, None)),
    );
    let registered = registered.await;
    let succeeded = registered.iter().filter(|result| result.is_ok()).count();
    equal("registrations that succeed at once", succeeded, 1)
}

async fn an_unknown_account_has_nothing(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let unknown = market.unknown_account();
    let stores = &market.stores;
    let address = text("nobody@example.com")?;
    let found = stores.accounts.find_credentials(&address).await?;
    holds("no credentials", &found, Option::is_none)?;
    equal("a tab", stores.tab_reader.tab(unknown).await?, None)?;
    let page = PageRequest::default();
    let orders = stores.order_reader.of_buyer(unknown, page).await?;
    equal("orders", orders.items, Vec::new())
}

async fn a_password_is_replaced_if_it_is_still_the_one_that_was_verified(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let accounts = &market.stores.accounts;
    let hash = |text: &str| PasswordHash::from_phc(text.to_owned());
    let id = market.unknown_account();
    let mut account = new_account(id, "reader")?;
    account.password_hash = Some(hash("first"));
    accounts.register(account, None).await?;
    let replace = |from, to| ReplacePassword {
        actor: Actor::from(id),
        from: hash(from),
        to: hash(to),
        keep: None,
        places: Vec::new(),
        at: at(1),
    };
    let changed = accounts.change_password(replace("other", "second")).await?;
    equal("a change from another hash", changed, false)?;
    let changed = accounts.change_password(replace("first", "second")).await?;
    equal("a change from the stored hash", changed, true)?;
    let changed = accounts.change_password(replace("first", "third")).await?;
    equal("a change from the hash before", changed, false)?;
    let found = accounts
        .find_credentials(&text("reader@example.com")?)
        .await?;
    let stored = some("the credentials", found)?.password_hash;
    let stored = stored.map(|hash| hash.as_phc().to_owned());
    equal("the stored hash", stored, Some("second".to_owned()))
}

async fn a_changed_name_is_that_of_the_account_and_of_its_listings(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let stores = &market.stores;
    let listing = market.list(10, 1_00).await?;
    let rename = |id: AccountId, name: &str| -> Checked<RenameAccount> {
        Ok(RenameAccount {
            actor: Actor::from(id),
            name: text(name)?,
            at: at(1),
        })
    };
    let accounts = &stores.accounts;
    accounts.rename(rename(market.seller, "Northwind")?).await?;
    accounts
        .rename(rename(market.unknown_account(), "Nobody")?)
        .await?;
    let found = accounts
        .find_credentials(&text("seller@example.com")?)
        .await?;
    let name = some("the credentials of the seller", found)?.account.name;
    equal("the account's name", name, text("Northwind")?)?;
    let found = some("the listing", stores.listing_reader.find(listing).await?)?;
    equal(
        "the listing's seller",
        found.seller.name,
        text("Northwind")?,
    )?;
    let found = accounts
        .find_credentials(&text("buyer@example.com")?)
        .await?;
    let name = some("the credentials of the buyer", found)?.account.name;
    equal(
        "another's name",
        name,
        new_account(market.buyer, "buyer")?.account.name,
    )
}
