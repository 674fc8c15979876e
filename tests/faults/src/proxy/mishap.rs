//! What may happen to a connection, and telling from its bytes when it does.

use std::time::Duration;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It ends at a point.
    Stop(Point, Manner),
    /// Whatever the server says is late by so much.
    Slow(Duration),
}

/// Where a connection ends, counted from when the mishap was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// After so many bytes have gone one way.
    Byte(Way, usize),
    /// After so many bytes of an answer: the first is the one to the first question. A question is
    /// what the client says after it has been answered.
    Answer { nth: usize, byte: usize },
    /// Before a question that holds this text has gone up.
    Question(&'static [u8]),
    /// After such a question has gone up whole, and so many bytes of what the server says next.
    AnswerTo { text: &'static [u8], byte: usize },
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Both sides are told that there is no more.
    Close,
    /// Both sides are told that the connection is broken.
    Reset,
    /// Neither side is told anything for so long: each believes that the other is there.
    Silence(Duration),
}

/// What is to be done with bytes that have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Pass,
    PassLater(Duration),
    /// So many of them still pass.
    StopAfter(usize, Manner),
}

/// Follows the bytes of one connection until its mishap happens.
#[derive(Debug, Default)]
pub(super) struct Watch {
    mishap: Option<Mishap>,
    felt: bool,
    up: usize,
    down: usize,
    /// Whether the client has spoken since the server has.
    asked: bool,
    answers: usize,
    /// Whether the answer that counts has begun, or may begin with the next bytes.
    answering: bool,
    /// How much of it there was.
    answered: usize,
    /// The end of what went up: a text may come in two pieces.
    tail: Vec<u8>,
}

impl Watch {
    pub(super) fn over(mishap: Option<Mishap>) -> Self {
        Self {
            mishap,
            ..Self::default()
        }
    }

    /// Whether the mishap has made itself felt, the first time that this is asked since it has.
    pub(super) fn is_first_felt(&mut self, verdict: Verdict) -> bool {
        let first = verdict != Verdict::Pass && !self.felt;
        self.felt |= first;
        first
    }

    /// Looks at what has come and has not been passed on.
    pub(super) fn judge(&mut self, way: Way, bytes: &[u8]) -> Verdict {
        let verdict = match self.mishap {
            Some(Mishap::Slow(by)) if way == Way::Down => return Verdict::PassLater(by),
            None | Some(Mishap::Slow(_)) => return Verdict::Pass,
            Some(Mishap::Stop(point, manner)) => self
                .reached(point, way, bytes)
                .map_or(Verdict::Pass, |after| Verdict::StopAfter(after, manner)),
        };
        match way {
            Way::Up => self.up = self.up.saturating_add(bytes.len()),
            Way::Down => self.down = self.down.saturating_add(bytes.len()),
        }
        verdict
    }

    /// How many of the bytes come before the point, if it is among them.
    fn reached(&mut self, point: Point, way: Way, bytes: &[u8]) -> Option<usize> {
        match point {
            Point::Byte(counted, at) => {
                let passed = if way == Way::Up { self.up } else { self.down };
                (counted == way).then(|| within(at, passed, bytes))?
            }
            Point::Answer { nth, byte } => {
                let begins = way == Way::Down && self.asked;
                self.asked = way == Way::Up;
                self.answering |= begins && self.answers == nth;
                self.answers = self.answers.saturating_add(begins.into());
                self.at_byte_of_answer(byte, way, bytes)
            }
            Point::Question(text) => (way == Way::Up && self.says(text, bytes)).then_some(0),
            Point::AnswerTo { text, byte } => {
                self.answering |= way == Way::Up && self.says(text, bytes);
                self.at_byte_of_answer(byte, way, bytes)
            }
        }
    }

    fn at_byte_of_answer(&mut self, byte: usize, way: Way, bytes: &[u8]) -> Option<usize> {
        if way == Way::Up || !self.answering {
            return None;
        }
        let passed = self.answered;
        self.answered = passed.saturating_add(bytes.len());
        within(byte, passed, bytes)
    }

    fn says(&mut self, text: &[u8], bytes: &[u8]) -> bool {
        self.tail.extend_from_slice(bytes);
        let said = self.tail.windows(text.len()).any(|window| window == text);
        let kept = self.tail.len().min(text.len().saturating_sub(1));
        self.tail.drain(..self.tail.len().saturating_sub(kept));
        said
    }
}

/// How many of `bytes` come before the byte counted `at`, if it is among them.
fn within(at: usize, passed: usize, bytes: &[u8]) -> Option<usize> {
    let left = at.saturating_sub(passed);
    (left < bytes.len()).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASS: Verdict = Verdict::Pass;
    const HERE: Verdict = Verdict::StopAfter(0, Manner::Close);

    fn watch(point: Point) -> Watch {
        Watch::over(Some(Mishap::Stop(point, Manner::Close)))
    }

    #[test]
    fn a_byte_is_found_in_whatever_pieces_it_comes() {
        let mut watch = watch(Point::Byte(Way::Up, 5));
        assert_eq!(watch.judge(Way::Up, b"abc"), PASS);
        assert_eq!(watch.judge(Way::Down, b"abcdefgh"), PASS);
        assert_eq!(
            watch.judge(Way::Up, b"defg"),
            Verdict::StopAfter(2, Manner::Close)
        );
    }

    #[test]
    fn an_answer_is_told_from_those_before_it() {
        let mut watch = watch(Point::Answer { nth: 1, byte: 0 });
        for (way, verdict) in [
            (Way::Up, PASS),
            (Way::Up, PASS),
            (Way::Down, PASS),
            (Way::Down, PASS),
            (Way::Up, PASS),
            (Way::Down, HERE),
        ] {
            assert_eq!(watch.judge(way, b"text"), verdict);
        }
    }

    #[test]
    fn an_answer_shorter_than_expected_does_not_save_the_connection() {
        let mut watch = watch(Point::Answer { nth: 0, byte: 6 });
        assert_eq!(watch.judge(Way::Up, b"?"), PASS);
        assert_eq!(watch.judge(Way::Down, b"1234"), PASS);
        assert_eq!(watch.judge(Way::Up, b"?"), PASS);
        assert_eq!(
            watch.judge(Way::Down, b"1234"),
            Verdict::StopAfter(2, Manner::Close)
        );
    }

    #[test]
    fn a_text_is_found_across_two_pieces() {
        let mut watch = watch(Point::Question(b"COMMIT"));
        assert_eq!(watch.judge(Way::Up, b"COM"), PASS);
        assert_eq!(watch.judge(Way::Down, b"COMMIT"), PASS);
        assert_eq!(watch.judge(Way::Up, b"MIT"), HERE);
    }

    #[test]
    fn an_answer_to_a_text_is_cut_and_the_question_is_not() {
        let mut watch = watch(Point::AnswerTo {
            text: b"COMMIT",
            byte: 3,
        });
        assert_eq!(watch.judge(Way::Up, b"BEGIN"), PASS);
        assert_eq!(watch.judge(Way::Down, b"BEGIN done"), PASS);
        assert_eq!(watch.judge(Way::Up, b"COMMIT"), PASS);
        assert_eq!(
            watch.judge(Way::Down, b"COMMIT done"),
            Verdict::StopAfter(3, Manner::Close)
        );
    }

    #[test]
    fn a_slow_connection_is_slow_to_answer_only() {
        let mut watch = Watch::over(Some(Mishap::Slow(Duration::from_millis(3))));
        assert_eq!(watch.judge(Way::Up, b"?"), PASS);
        let late = Verdict::PassLater(Duration::from_millis(3));
        assert_eq!(watch.judge(Way::Down, b"!"), late);
    }
}
