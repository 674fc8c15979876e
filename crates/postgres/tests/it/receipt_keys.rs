use udam_domain::ReceiptKeyStore;
use udam_domain::gateway::ReceiptKey;
use udam_postgres::PgReceiptKeyStore;

use crate::fixtures::at;
use crate::harness::Database;

fn key(id: &str, byte: u8) -> ReceiptKey {
    ReceiptKey {
        id: id.to_owned(),
        public_key: [byte; ReceiptKey::LENGTH],
    }
}

#[tokio::test]
async fn keys_that_were_published_stay_the_oldest_first() {
    let database = Database::fresh().await;
    let store = PgReceiptKeyStore::new(database.pool.clone());
    assert_eq!(store.publish(Vec::new(), at(0)).await.unwrap(), []);

    let first = store.publish(vec![key("b", 1)], at(1)).await.unwrap();
    assert_eq!(first, [key("b", 1)]);
    let rotated = vec![key("a", 2), key("b", 1)];
    let second = store.publish(rotated.clone(), at(2)).await.unwrap();
    assert_eq!(second, [key("b", 1), key("a", 2)]);
    let again = store.publish(rotated, at(3)).await.unwrap();
    assert_eq!(again, second);
    let third = store.publish(vec![key("c", 3)], at(4)).await.unwrap();
    assert_eq!(third, [key("b", 1), key("a", 2), key("c", 3)]);
}

#[tokio::test]
async fn servers_that_publish_one_key_at_once_all_read_it() {
    let database = Database::fresh().await;
    let publish = || {
        let store = PgReceiptKeyStore::new(database.pool.clone());
        async move { store.publish(vec![key("a", 1)], at(1)).await }
    };
    let published = futures::future::join_all((0..8).map(|_| publish())).await;
    for keys in published {
        assert_eq!(keys.unwrap(), [key("a", 1)]);
    }
}
