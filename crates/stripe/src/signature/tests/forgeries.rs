//! A hundred thousand headers and bodies that no secret has signed.

use super::*;

/// A small generator of numbers (xorshift, Marsaglia 2003), the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn hex(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(b"0123456789abcdef"[self.roll(16)]))
            .collect()
    }

    fn noise(&mut self, length: usize) -> String {
        const LETTERS: [char; 12] = ['t', 'v', '1', '0', '=', ',', '.', ' ', 'f', '\0', 'é', '9'];
        (0..length)
            .map(|_| LETTERS[self.roll(LETTERS.len())])
            .collect()
    }
}

/// A forgery made from what Stripe has sent once.
fn forgery(dice: &mut Dice) -> (String, Vec<u8>) {
    let mut body = BODY.to_vec();
    let good = format!("t={SECONDS},v1={FIRST}");
    let header = match dice.roll(7) {
        0 => format!("t={SECONDS},v1={}", dice.hex(64)),
        1 => {
            // One digit of the signature is another.
            let mut signature = FIRST.as_bytes().to_vec();
            let place = dice.roll(signature.len());
            signature[place] = if signature[place] == b'0' { b'1' } else { b'0' };
            format!("t={SECONDS},v1={}", String::from_utf8(signature).unwrap())
        }
        2 => {
            // One bit of the body is another.
            let place = dice.roll(body.len());
            body[place] ^= 1 << dice.roll(8);
            good
        }
        3 => {
            // The header is cut off.
            good[..dice.roll(good.len())].to_owned()
        }
        4 => {
            // A full stop moves between the time and the body, so that the signed bytes stay the same.
            let seconds = SECONDS.to_string();
            let cut = 1 + dice.roll(seconds.len() - 1);
            body = [&seconds.as_bytes()[cut..], b".", BODY].concat();
            format!("t={},v1={FIRST}", &seconds[..cut])
        }
        5 => {
            let length = dice.roll(120);
            dice.noise(length)
        }
        _ => {
            let length = dice.roll(40);
            format!("t={SECONDS},{},v1={}", dice.noise(length), dice.hex(64))
        }
    };
    (header, body)
}

#[test]
fn no_forgery_holds() {
    let mut dice = Dice(0x5eed_5eed_5eed_5eed);
    let keys = keys();
    for number in 0..100_000 {
        let (header, body) = forgery(&mut dice);
        assert!(
            !holds(&keys, &header, &body, at(SECONDS)),
            "forgery {number}: {header}"
        );
    }
}
