use serde_json::json;

use super::*;

/// The member that these pages make, of which a page follows each but the last.
async fn written(pages: Vec<Vec<i64>>) -> String {
    let last = pages.len().saturating_sub(1);
    let read = move |page: PageRequest<usize>| {
        let place = page.after.map_or(0, |after| after + 1);
        let items = pages.get(place).cloned().unwrap_or_default();
        let next = (place < last).then_some(place);
        async move { Ok(Page { items, next }) }
    };
    let chunks = list("numbers", |number: &i64| json!(number), read);
    let chunks: Vec<Chunk> = chunks.collect().await;
    let chunks = chunks.into_iter().map(|chunk| chunk.unwrap().to_vec());
    String::from_utf8(chunks.flatten().collect()).unwrap()
}

#[tokio::test]
async fn pages_are_one_list_whatever_is_on_them() {
    assert_eq!(written(vec![vec![]]).await, ",\n\"numbers\":[]");
    assert_eq!(written(vec![vec![1, 2]]).await, ",\n\"numbers\":[1,2]");
    assert_eq!(
        written(vec![vec![1], vec![], vec![2, 3]]).await,
        ",\n\"numbers\":[1,2,3]"
    );
    assert_eq!(written(vec![vec![], vec![4]]).await, ",\n\"numbers\":[4]");
}

#[tokio::test]
async fn a_store_that_fails_cuts_the_document_off() {
    let read = |_: PageRequest<usize>| async { Err::<Page<i64, usize>, _>(StoreError::Overloaded) };
    let chunks = list("numbers", |number: &i64| json!(number), read);
    let chunks: Vec<Chunk> = chunks.collect().await;
    assert!(matches!(chunks[..], [Err(StoreError::Overloaded)]));
}
