//! `udam receipts verify`, from outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use udam_crypto::{Ed25519ReceiptSigner, MasterKey, MasterKeys};
use udam_domain::ReceiptSigner;

struct Files {
    directory: TempDir,
    signer: Ed25519ReceiptSigner,
}

impl Files {
    fn new() -> Self {
        let key = MasterKey::generate("k1".parse().unwrap());
        let signer = Ed25519ReceiptSigner::new(&MasterKeys::from(key)).unwrap();
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("keys.json"), signer.public_keys()).unwrap();
        Self { directory, signer }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn sign(&self, receipt: &Value) -> String {
        self.signer.sign(receipt.to_string().as_bytes())
    }

    fn verify(&self, receipt: &Path) -> Output {
        self.command(receipt).output().unwrap()
    }

    fn verify_text(&self, receipt: impl AsRef<[u8]>) -> Output {
        self.verify(&self.file("receipt", receipt))
    }

    fn command(&self, receipt: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_udam"));
        command.env_clear().args(["receipts", "verify"]);
        command.arg(receipt).arg("--keys");
        command.arg(self.directory.path().join("keys.json"));
        command
    }
}

fn receipt() -> Value {
    json!({"call_id": "call_1", "units": 3, "at": "2026-11-29T12:00:00Z", "note": "\u{1b}[2J"})
}

#[track_caller]
fn assert_genuine(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, receipt());
    assert!(!output.stdout.contains(&0x1b));
}

#[track_caller]
fn assert_refused(output: &Output, expected: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(output.stdout.is_empty());
    assert!(stderr.contains(expected), "{stderr}");
}

#[test]
fn a_genuine_receipt_is_printed() {
    let files = Files::new();
    let jws = files.sign(&receipt());
    assert_genuine(&files.verify_text(format!("{jws}\n")));
    let answer = json!({"receipt": receipt(), "jws": jws});
    assert_genuine(&files.verify_text(answer.to_string()));
    assert_genuine(&files.verify_text(format!("{answer:#}\n")));
    assert_genuine(&files.verify_text(json!({"jws": jws}).to_string()));
}

#[test]
fn a_receipt_is_read_from_standard_input() {
    let files = Files::new();
    let path = files.file("receipt", files.sign(&receipt()));
    let stdin = Stdio::from(File::open(path).unwrap());
    let output = files.command(Path::new("-")).stdin(stdin).output().unwrap();
    assert_genuine(&output);
}

#[test]
fn a_changed_receipt_is_not_genuine() {
    let files = Files::new();
    let jws = files.sign(&receipt());
    let (rest, signature) = jws.rsplit_once('.').unwrap();
    let other = files.sign(&json!({"call_id": "call_2"}));
    let (other, _) = other.rsplit_once('.').unwrap();
    let spliced = files.verify_text(format!("{other}.{signature}"));
    assert_refused(&spliced, "Not genuine: the signature is wrong");
    assert_refused(
        &files.verify_text(rest),
        "Not genuine: this is no signature",
    );

    let mut changed = receipt();
    changed["units"] = json!(1);
    let answer = json!({"receipt": changed, "jws": jws});
    assert_refused(
        &files.verify_text(answer.to_string()),
        "Not genuine: the signature is genuine, but of another receipt than the one beside it",
    );
}

#[test]
fn a_receipt_of_another_marketplace_is_not_genuine() {
    let (files, other) = (Files::new(), Files::new());
    let output = files.verify_text(other.sign(&receipt()));
    assert_refused(&output, "Not genuine: the signature is by the key");
    assert_refused(&output, "which is not among the keys");
}

#[test]
fn what_is_no_receipt_is_not_genuine() {
    let files = Files::new();
    for text in ["{}", "{", r#"{"jws":7}"#] {
        assert_refused(
            &files.verify_text(text),
            "neither a signature nor an answer",
        );
    }
    assert_refused(&files.verify_text(""), "Not genuine: this is no signature");
    let no_json = files.signer.sign(b"paid");
    assert_refused(&files.verify_text(no_json), "what was signed is no JSON");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let files = Files::new();
    let missing = files.directory.path().join("nothing");
    assert_refused(&files.verify(&missing), "nothing could not be read");
    let large = vec![b' '; (1 << 20) + 1];
    assert_refused(&files.verify_text(large), "receipt could not be read");
    let path = files.file("receipt", files.sign(&receipt()));
    files.file("keys.json", "[]");
    assert_refused(&files.verify(&path), "keys.json holds no keys");
}
