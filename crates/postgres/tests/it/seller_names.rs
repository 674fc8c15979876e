use udam_domain::account::{AccountName, RenameAccount};
use udam_domain::{AccountStore, ListingStore, PublishListingError};
use udam_postgres::{PoolSettings, migrate};

use crate::fixtures::{new_account, new_listing, start, unlimited};
use crate::harness::Database;

/// Has all sellers be of the time before names were taken.
async fn forget_skeletons(database: &Database) {
    let forget = "UPDATE seller_names SET skeleton = NULL";
    database.run(forget, &[]).await;
}

#[tokio::test]
async fn of_sellers_of_before_whose_names_look_alike_the_oldest_keeps_its_own() {
    let database = Database::fresh().await;
    let mut sellers = Vec::new();
    for _ in 0..4 {
        let (seller, _) = database.account().await;
        database.listing(seller, |_| {}).await;
        sellers.push(seller);
    }
    sellers.sort();
    forget_skeletons(&database).await;
    for (seller, name) in sellers
        .iter()
        .zip(["Northwind", "N0RTHWIND", "Northwind.", "Southwind"])
    {
        let rename = "UPDATE accounts SET name = $2 WHERE id = $1";
        database.run(rename, &[&seller.uuid(), &name]).await;
    }
    let settings = PoolSettings::new(database.url());
    // Servers that start at once.
    let (one, other) = tokio::join!(migrate(&settings), migrate(&settings));
    assert!(one.unwrap().is_empty() && other.unwrap().is_empty());

    let listings = database.listings();
    for (seller, is_taken) in sellers.iter().zip([false, true, true, false]) {
        let published = listings.publish(new_listing(*seller), unlimited()).await;
        let taken = matches!(published, Err(PublishListingError::NameTaken));
        assert_eq!(taken, is_taken, "{published:?}");
        assert_eq!(published.is_ok(), !is_taken);
    }
    let missing = "SELECT count(*) FROM seller_names WHERE skeleton IS NULL";
    assert_eq!(database.value::<i64>(missing).await, 0);
    // A further start changes nothing.
    migrate(&settings).await.unwrap();
    let mut poser = new_account();
    poser.account.name = "Northwlnd".parse::<AccountName>().unwrap();
    let registered = database.accounts().register(poser, None).await;
    assert!(registered.is_err());
}

#[tokio::test]
async fn a_name_of_many_long_characters_fits_the_index() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    // One character stands for eighteen.
    let name: String = ["\u{fdfa}", "\u{20021}"].concat().repeat(50);
    let rename = RenameAccount {
        actor: seller.into(),
        name: name.parse().unwrap(),
        at: start(),
    };
    database.accounts().rename(rename).await.unwrap();
    let published = database
        .listings()
        .publish(new_listing(seller), unlimited())
        .await;

    published.unwrap();
}
