use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::market::{Market, sealed};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{TOKEN, text};
use crate::id::ListingId;
use crate::listing::{Change, DetailsEdit, EndpointUrl, ListingEdit, SealedKey};
use crate::page::PageRequest;
use crate::ports::{RevealKeyError, RevokeTokenError};
use crate::token::{SealedAccess, TokenState};

cases! {
    a_token_reveals_the_key_and_the_address_of_its_listing_as_they_are_now:
        "`reveal` returns the listing's key and address as they are now.",
    a_token_reveals_nothing_to_another_than_its_buyer:
        "`reveal` and `find` know a token for its buyer alone.",
    a_token_expires:
        "A token reveals its key until `expires_at`, exclusive.",
    a_revoked_token_reveals_nothing:
        "A token that its buyer or seller has revoked reveals nothing; a repeat returns it.",
    tokens_of_a_buyer_are_listed_the_newest_first:
        "`of_buyer` returns the buyer's tokens in any state, the newest first.",
}

async fn a_token_reveals_the_key_and_the_address_of_its_listing_as_they_are_now(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    let token = market.token(&order).await?;
    let access = market.reveal(&token, market.buyer, 2).await?;
    reveals(
        &access,
        listing,
        &sealed("first")?,
        "https://api.example.com/",
    )?;
    let edit = ListingEdit {
        key: Change::To(sealed("second")?),
        details: DetailsEdit {
            endpoint_url: Change::To(Some(text("https://new.example.com/")?)),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    market.edit(market.seller, listing, edit).await?;
    let access = market.reveal(&token, market.buyer, 6).await?;
    reveals(
        &access,
        listing,
        &sealed("second")?,
        "https://new.example.com/",
    )
}

fn reveals(access: &SealedAccess, listing: ListingId, key: &SealedKey, address: &str) -> Checked {
    holds(
        &format!("the key {key:?} of {listing}, which is at {address}"),
        access,
        |access| match access {
            SealedAccess::Service {
                listing_id,
                key: revealed,
                endpoint_url,
            } => {
                let endpoint_url = endpoint_url.as_ref().map(EndpointUrl::as_str);
                *listing_id == listing && revealed == key && endpoint_url == Some(address)
            }
            SealedAccess::Gateway { .. } => false,
        },
    )
}

async fn a_token_reveals_nothing_to_another_than_its_buyer(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    let token = market.token(&order).await?;
    for account in [market.seller, market.other] {
        let found = market.reveal(&token, account, 2).await;
        holds("NotFound", &found, |found| {
            matches!(found, Err(RevealKeyError::NotFound))
        })?;
        let found = market.stores.token_reader.find(token.id, account).await?;
        equal("the token, for another account", found, None)?;
    }
    Ok(())
}

async fn a_token_expires(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let order = market.buy(listing, 1, 0).await?;
    let token = market.token(&order).await?;
    market
        .reveal(&token, market.buyer, TOKEN.saturating_sub(1))
        .await?;
    let found = market.reveal(&token, market.buyer, TOKEN).await;
    holds("Expired", &found, |found| {
        matches!(found, Err(RevealKeyError::Expired))
    })?;
    let revoked = market.revoke(&token, market.buyer, TOKEN).await?;
    equal("state of the token", revoked.state, TokenState::Revoked)
}

async fn a_revoked_token_reveals_nothing(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    for by in [market.buyer, market.seller] {
        let order = market.buy(listing, 1, 1).await?;
        let token = market.token(&order).await?;
        let found = market.revoke(&token, market.other, 2).await;
        holds("NotFound", &found, |found| {
            matches!(found, Err(RevokeTokenError::NotFound))
        })?;
        market.reveal(&token, market.buyer, 2).await?;
        let revoked = market.revoke(&token, by, 3).await?;
        equal("state", revoked.state, TokenState::Revoked)?;
        let found = market.reveal(&token, market.buyer, 4).await;
        holds("Revoked", &found, |found| {
            matches!(found, Err(RevealKeyError::Revoked))
        })?;
        let again = market.revoke(&token, by, 5).await?;
        equal("the token, revoked again", again, revoked)?;
    }
    Ok(())
}

async fn tokens_of_a_buyer_are_listed_the_newest_first(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 1_00).await?;
    let first = market.token(&market.buy(listing, 1, 1).await?).await?;
    let (paid, _) = market.buy_and_pay(listing, 6, 2).await?;
    let second = market.token(&paid).await?;
    let first = market.revoke(&first, market.buyer, 3).await?;
    let page = market.stores.token_reader;
    let page = page.of_buyer(market.buyer, PageRequest::default()).await?;
    equal("the tokens", page.items, vec![second, first])?;
    equal("the next of the page", page.next, None)
}
