use super::cases;
use crate::account::RenameAccount;
use crate::audit::Actor;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::join::join_all;
use crate::conformance::market::{Market, new_account};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, text};
use crate::id::{AccountId, ListingId};
use crate::listing::{Listing, NewListing};
use crate::page::PageRequest;
use crate::policy::NewListingTerms;
use crate::ports::{PublishListingError, RegisterAccountError, RenameAccountError};

cases! {
    a_name_that_looks_like_that_of_a_seller_is_another_account_s_neither_at_first_nor_later:
        "Registering and renaming fail with a name whose skeleton another seller has taken.",
    of_sellers_at_once_whose_names_look_alike_one_publishes:
        "Publishing takes the skeleton of the seller's name, also at the same time.",
    a_seller_that_is_renamed_takes_its_new_name_and_lets_go_of_the_old_one:
        "A renamed seller has the skeleton of its new name, and no longer that of the old one.",
}

fn rename(id: AccountId, name: &str) -> Checked<RenameAccount> {
    Ok(RenameAccount {
        actor: Actor::from(id),
        name: text(name)?,
        at: at(1),
    })
}

fn is_refused(result: &Result<(), RenameAccountError>) -> bool {
    matches!(result, Err(RenameAccountError::NameTaken))
}

fn is_taken(result: &Result<Listing, PublishListingError>) -> bool {
    matches!(result, Err(PublishListingError::NameTaken))
}

/// A listing of this seller's.
fn listing(market: &Market, seller: AccountId) -> Checked<NewListing> {
    Ok(NewListing {
        id: ListingId::mint(at(0), &market.ids),
        seller: Actor::from(seller),
        ..market.new_listing(10, 1_00)?
    })
}

async fn a_name_that_looks_like_that_of_a_seller_is_another_account_s_neither_at_first_nor_later(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let accounts = &market.stores.accounts;
    let posing = |email: &str| -> Checked<_> {
        let mut account = new_account(market.unknown_account(), email)?;
        account.account.name = text("SE11ER")?;
        Ok(account)
    };
    // Nobody sells yet.
    accounts.register(posing("early")?, None).await?;
    market.list(10, 1_00).await?;
    let registered = accounts.register(posing("late")?, None).await;
    holds("NameTaken", &registered, |found| {
        matches!(found, Err(RegisterAccountError::NameTaken))
    })?;
    let found = accounts
        .find_credentials(&text("late@example.com")?)
        .await?;
    holds("no account", &found, Option::is_none)?;
    let renamed = accounts.rename(rename(market.other, "s e l l e r")?).await;
    holds("NameTaken", &renamed, is_refused)?;
    let found = accounts
        .find_credentials(&text("other@example.com")?)
        .await?;
    let name = found.map(|found| found.account.name);
    equal("the name", name, Some(text("other")?))?;
    // A seller may spell its own name otherwise.
    accounts.rename(rename(market.seller, "Seller")?).await?;
    Ok(())
}

async fn of_sellers_at_once_whose_names_look_alike_one_publishes(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let ids = [(); 4].map(|()| market.unknown_account());
    let spellings = ["Modern", "modem", "MODERN", "m-o-d-e-r-n"];
    for (number, (id, spelling)) in ids.into_iter().zip(spellings).enumerate() {
        let mut account = new_account(id, &format!("seller-{number}"))?;
        account.account.name = text(spelling)?;
        market.stores.accounts.register(account, None).await?;
    }
    let listings = ids.map(|id| listing(&market, id));
    let listings = listings.into_iter().collect::<Checked<Vec<_>>>()?;
    let (store, terms) = (&market.stores.listings, NewListingTerms::unlimited());
    let published = join_all(listings.into_iter().map(|new| store.publish(new, terms))).await;
    let succeeded = published.iter().filter(|result| result.is_ok()).count();
    equal("sellers that publish", succeeded, 1)?;
    let refused = published.iter().filter(|result| is_taken(result)).count();
    equal("sellers that are refused", refused, 3)?;
    for (id, published) in ids.into_iter().zip(&published) {
        let page = PageRequest::default();
        let own = market.stores.listing_reader.of_seller(id, page).await?;
        let expected = usize::from(published.is_ok());
        equal("listings of the seller", own.items.len(), expected)?;
        // The one that has the name publishes again, the others under another name.
        if published.is_err() {
            let name = rename(id, &format!("Other {id}"))?;
            market.stores.accounts.rename(name).await?;
        }
        market.publish(listing(&market, id)?).await?;
    }
    Ok(())
}

async fn a_seller_that_is_renamed_takes_its_new_name_and_lets_go_of_the_old_one(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let accounts = &market.stores.accounts;
    market.list(10, 1_00).await?;
    accounts.rename(rename(market.seller, "Northwind")?).await?;
    let renamed = accounts.rename(rename(market.other, "NORTH WIND")?).await;
    holds("NameTaken", &renamed, is_refused)?;
    accounts.rename(rename(market.other, "seller")?).await?;
    market.publish(listing(&market, market.other)?).await?;
    let renamed = accounts.rename(rename(market.seller, "seller")?).await;
    holds("NameTaken", &renamed, is_refused)?;
    market.list(10, 1_00).await.map(drop)
}
