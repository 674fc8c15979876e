use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, timeout};

use super::*;
use crate::testing::settings;

const MALFORMED: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\
    date: Sun, 29 Nov 2026 09:00:00 GMT\r\n\r\n";

/// A guarded connection with its client, and what is left of it when it is dropped.
struct Connection {
    guarded: GuardedStream<DuplexStream>,
    client: DuplexStream,
    remains: Rc<Cell<Option<Remains<DuplexStream>>>>,
}

impl Connection {
    /// The system holds so many bytes in each direction.
    fn with_buffers(size: usize) -> Self {
        let (client, io) = duplex(size);
        let remains = Rc::new(Cell::new(None));
        let refusals = Refusals::new(settings(false));
        Self {
            guarded: GuardedStream::new(io, refusals, Rc::clone(&remains)),
            client,
            remains,
        }
    }

    async fn receive(&mut self, bytes: &[u8]) {
        self.client.write_all(bytes).await.unwrap();
        let mut received = vec![0; bytes.len()];
        self.guarded.read_exact(&mut received).await.unwrap();
        assert_eq!(received, bytes);
    }

    /// How long it takes until the library is told that the client has finished.
    async fn ends_after(&mut self) -> Duration {
        let start = Instant::now();
        let mut byte = [0];
        assert_eq!(self.guarded.read(&mut byte).await.unwrap(), 0);
        start.elapsed()
    }

    async fn respond(&mut self, bytes: &[u8]) {
        self.guarded.write_all(bytes).await.unwrap();
        self.guarded.flush().await.unwrap();
    }

    /// What the client has received once the connection is closed.
    async fn closed(mut self) -> String {
        drop(self.guarded);
        let remains = self.remains.take().unwrap();
        let mut received = String::new();
        let ((), read) = tokio::join!(remains.close(), async {
            self.client.read_to_string(&mut received).await
        });
        read.unwrap();
        received
    }
}

fn is_near(time: Duration, expected: Duration) -> bool {
    time.abs_diff(expected) < Duration::from_millis(10)
}

#[tokio::test(start_paused = true)]
async fn a_request_that_does_not_arrive_whole_is_given_up() {
    let mut connection = Connection::with_buffers(1_024);
    connection.receive(b"GET / HT").await;
    let took = connection.ends_after().await;
    assert!(is_near(took, REQUEST_TIMEOUT), "{took:?}");
    assert_eq!(connection.ends_after().await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn dripping_puts_nothing_off() {
    let mut connection = Connection::with_buffers(1_024);
    for _ in 0..29 {
        connection.receive(b" ").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let took = connection.ends_after().await;
    assert!(is_near(took, Duration::from_secs(1)), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_waits_for_us_is_not_slow() {
    let mut connection = Connection::with_buffers(1_024);
    connection.receive(b"GET / HTTP/1.1\r\n\r\n").await;
    connection.guarded.state().request_has_arrived();
    let ended = timeout(REQUEST_TIMEOUT * 4, connection.ends_after());
    assert!(ended.await.is_err());
    // The next request has its own time.
    connection.respond(b"HTTP/1.1 200 OK\r\n\r\n").await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    connection.receive(b"GET / HT").await;
    let took = connection.ends_after().await;
    assert!(is_near(took, REQUEST_TIMEOUT), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_came_of_a_request_before_the_last_response_is_not_waited_for_for_ever() {
    let mut connection = Connection::with_buffers(1_024);
    connection.receive(b"GET / HTTP/1.1\r\n\r\nGET / HT").await;
    connection.respond(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let took = connection.ends_after().await;
    assert!(is_near(took, IDLE_TIMEOUT), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_after_the_last_response() {
    let mut connection = Connection::with_buffers(1_024);
    connection.receive(b"POST / HTTP/1.1\r\n").await;
    connection.client.write_all(b"more").await.unwrap();
    connection.guarded.state().close();
    connection.respond(b"HTTP/1.1 413 \r\n\r\n").await;
    assert_eq!(connection.ends_after().await, Duration::ZERO);
    // The rest is dropped, so that the response arrives.
    assert_eq!(connection.closed().await, "HTTP/1.1 413 \r\n\r\n");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_on_sending_is_left_soon() {
    let mut connection = Connection::with_buffers(1_024);
    connection.receive(b"POST / HTTP/1.1\r\n").await;
    connection.guarded.state().close();
    drop(connection.guarded);
    let remains = connection.remains.take().unwrap();
    let sending = tokio::spawn(async move {
        let mut sent = 0_usize;
        while connection.client.write_all(&[0; 512]).await.is_ok() {
            sent += 512;
        }
        sent
    });
    let start = Instant::now();
    remains.close().await;
    assert!(start.elapsed() <= Duration::from_secs(2));
    let sent = sending.await.unwrap();
    assert!(
        (8 * 1024 * 1024..32 * 1024 * 1024).contains(&sent),
        "{sent}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_has_to_take_some_of_a_response_now_and_then() {
    let mut connection = Connection::with_buffers(8);
    let sending = async {
        let start = Instant::now();
        let error = connection.guarded.write_all(&[b'x'; 100]).await;
        (error.unwrap_err().kind(), start.elapsed())
    };
    let taking = async {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_secs(20)).await;
            connection.client.read_exact(&mut [0; 8]).await.unwrap();
        }
    };
    let ((kind, took), ()) = tokio::join!(sending, taking);
    assert_eq!(kind, ErrorKind::TimedOut);
    let expected = Duration::from_mins(1) + WRITE_TIMEOUT;
    assert!(is_near(took, expected), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_bare_response_of_the_library_is_replaced_by_one_of_ours() {
    for size in [16, 4_096] {
        let mut connection = Connection::with_buffers(size);
        connection.receive(b"BREW\r\n\r\n").await;
        let ours = b"HTTP/1.1 200 OK\r\n\r\n{}";
        let both = [ours, MALFORMED].concat();
        let written = tokio::join!(connection.guarded.write_all(&both), async {
            connection.client.read_exact(&mut vec![0; ours.len()]).await
        });
        written.0.unwrap();
        let received = connection.closed().await;
        assert!(
            received.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{received}"
        );
        assert!(received.contains("\"code\":\"400\""), "{received}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_response_and_one_to_nothing_are_dropped() {
    let mut connection = Connection::with_buffers(1_024);
    connection.guarded.write_all(MALFORMED).await.unwrap();
    assert_eq!(connection.closed().await, "");
    let mut connection = Connection::with_buffers(1_024);
    connection.receive(b"POST / HTTP/1.1\r\n").await;
    connection.guarded.state().close();
    connection.guarded.write_all(MALFORMED).await.unwrap();
    assert_eq!(connection.closed().await, "");
}

#[tokio::test(start_paused = true)]
async fn a_stream_may_take_any_time_in_both_directions() {
    let mut connection = Connection::with_buffers(1_024);
    let state = connection.guarded.state();
    connection.receive(b"POST / HTTP/1.1\r\n\r\n").await;
    let streaming = state.stream();
    for _ in 0..10 {
        let ended = timeout(IDLE_TIMEOUT * 2, connection.ends_after());
        assert!(ended.await.is_err());
        connection.receive(b"more").await;
        connection.respond(b"more").await;
    }
    state.request_has_arrived();
    drop(streaming);
    connection.respond(b"the end").await;
    let took = connection.ends_after().await;
    assert!(is_near(took, IDLE_TIMEOUT), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_closes_has_left() {
    let mut connection = Connection::with_buffers(1_024);
    let state = connection.guarded.state();
    connection.receive(b"GET / HTTP/1.1\r\n\r\n").await;
    state.request_has_arrived();
    connection.client.shutdown().await.unwrap();
    assert_eq!(connection.ends_after().await, Duration::ZERO);
    let left = std::future::poll_fn(|context| state.poll_client_left(context));
    assert!(timeout(Duration::ZERO, left).await.is_ok());
}
