//! The published test vectors, run through the functions that the vault calls.

use super::vectors::{GCM_SPECIFICATION, MODIFIED_TAGS, UNMODIFIED, Vector, WYCHEPROOF};
use super::{open, seal};

impl Vector {
    fn key(&self) -> [u8; 32] {
        bytes(self.key).try_into().unwrap()
    }

    fn nonce(&self) -> [u8; 12] {
        bytes(self.nonce).try_into().unwrap()
    }

    fn sealed(&self, tag: &str) -> Vec<u8> {
        [bytes(self.ciphertext), bytes(tag)].concat()
    }

    fn opens(&self, tag: &str) -> bool {
        let sealed = self.sealed(tag);
        open(
            &self.key(),
            self.nonce(),
            &bytes(self.associated_data),
            &sealed,
        )
        .is_ok_and(|plaintext| *plaintext == bytes(self.plaintext))
    }

    fn check(&self) {
        let associated_data = bytes(self.associated_data);
        let plaintext = bytes(self.plaintext);
        let sealed = seal(&self.key(), self.nonce(), &associated_data, &plaintext).unwrap();
        assert_eq!(sealed, self.sealed(self.tag), "{}", self.name);
        assert!(self.opens(self.tag), "{}", self.name);
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

#[test]
fn the_vectors_of_the_gcm_specification_hold() {
    GCM_SPECIFICATION.iter().for_each(Vector::check);
}

#[test]
fn the_selected_vectors_of_wycheproof_hold() {
    WYCHEPROOF.iter().for_each(Vector::check);
}

#[test]
fn the_modified_tags_of_wycheproof_are_rejected() {
    UNMODIFIED.check();
    for tag in MODIFIED_TAGS {
        assert!(!UNMODIFIED.opens(tag), "{tag}");
    }
}

#[test]
fn input_shorter_than_a_tag_is_rejected() {
    for length in 0..16 {
        assert!(open(&[0; 32], [0; 12], &[], &vec![0; length]).is_err());
    }
}
