use actix_web::web::Bytes;
use futures::{FutureExt, stream};

use super::*;

#[actix_web::test]
async fn a_body_has_to_arrive_in_time() {
    tokio::time::pause();
    for (chunks, arrives) in [(9, true), (usize::MAX, false)] {
        let drip = stream::repeat(Bytes::from_static(b" "))
            .take(chunks)
            .then(|chunk| tokio::time::sleep(Duration::from_secs(1)).map(|()| Ok(chunk)));
        let mut payload = Payload::Stream {
            payload: drip.boxed_local(),
        };
        let read = read(&HeaderMap::new(), &mut payload, BodyLimit::Client).await;
        let expected = arrives.then_some(chunks).ok_or(ReadBodyError::TimedOut);
        assert_eq!(read.map(|bytes| bytes.len()), expected);
    }
}

#[actix_web::test]
async fn a_body_without_a_length_is_cut_off_at_its_limit() {
    for (chunks, fits) in [(64, true), (65, false)] {
        let chunk = Bytes::from(vec![b' '; KIB]);
        let chunks_sent = stream::repeat(chunk).take(chunks).map(Ok);
        let mut payload = Payload::Stream {
            payload: chunks_sent.boxed_local(),
        };
        let read = read(&HeaderMap::new(), &mut payload, BodyLimit::Client).await;
        let too_large = ReadBodyError::TooLarge(BodyLimit::Client);
        let expected = fits.then_some(chunks * KIB).ok_or(too_large);
        assert_eq!(read.map(|bytes| bytes.len()), expected);
    }
}
