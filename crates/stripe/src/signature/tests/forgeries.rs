//! 100,000 forged headers and bodies.

use fastrand::Rng;

use super::*;

fn hex_digits(rng: &mut Rng, length: usize) -> String {
    std::iter::repeat_with(|| rng.digit(16))
        .take(length)
        .collect()
}

fn noise(rng: &mut Rng, length: usize) -> String {
    const LETTERS: [char; 12] = ['t', 'v', '1', '0', '=', ',', '.', ' ', 'f', '\0', 'é', '9'];
    (0..length)
        .map(|_| LETTERS[rng.usize(..LETTERS.len())])
        .collect()
}

/// A forgery made from a header and a body of Stripe's.
fn forgery(rng: &mut Rng) -> (String, Vec<u8>) {
    let mut body = BODY.to_vec();
    let good = format!("t={SECONDS},v1={FIRST}");
    let header = match rng.usize(..7) {
        0 => format!("t={SECONDS},v1={}", hex_digits(rng, 64)),
        1 => {
            // One digit of the signature is another.
            let mut signature = FIRST.as_bytes().to_vec();
            let place = rng.usize(..signature.len());
            signature[place] = if signature[place] == b'0' { b'1' } else { b'0' };
            format!("t={SECONDS},v1={}", String::from_utf8(signature).unwrap())
        }
        2 => {
            // One bit of the body is another.
            let place = rng.usize(..body.len());
            body[place] ^= 1 << rng.usize(..8);
            good
        }
        3 => {
            // The header is cut off.
            good[..rng.usize(..good.len())].to_owned()
        }
        4 => {
            // A full stop moves between the time and the body, so that the signed bytes stay the same.
            let seconds = SECONDS.to_string();
            let cut = 1 + rng.usize(..seconds.len() - 1);
            body = [&seconds.as_bytes()[cut..], b".", BODY].concat();
            format!("t={},v1={FIRST}", &seconds[..cut])
        }
        5 => {
            let length = rng.usize(..120);
            noise(rng, length)
        }
        _ => {
            let length = rng.usize(..40);
            format!(
                "t={SECONDS},{},v1={}",
                noise(rng, length),
                hex_digits(rng, 64)
            )
        }
    };
    (header, body)
}

#[test]
fn no_forgery_is_valid() {
    let mut rng = Rng::with_seed(0x5eed_5eed_5eed_5eed);
    let keys = keys();
    for number in 0..100_000 {
        let (header, body) = forgery(&mut rng);
        assert!(
            !is_valid(&keys, &header, &body, at(SECONDS)),
            "forgery {number}: {header}"
        );
    }
}
