use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::StatusCode;

/// Killed at the end of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(arguments: &[&str]) -> (Running, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_udam-stripe-sandbox"))
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let mut line = String::new();
    let stdout = running.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("Ready: ").unwrap();
    (running, address.to_owned())
}

#[tokio::test]
async fn the_program_prints_its_url_once_it_is_ready() {
    let secrets = ["--webhook-secret", "whsec_a", "--webhook-secret", "whsec_b"];
    let (_running, address) =
        start(&[["--api-key", "sk_test_other"].as_slice(), &secrets].concat());
    let client = reqwest::Client::new();
    let request = client.get(format!("{address}/v1/events"));
    let response = request.bearer_auth("sk_test_other").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[test]
fn the_program_exits_cleanly_on_sigterm() {
    let (mut running, _) = start(&[
        "--webhook-retry-ms",
        "1,2",
        "--minimum-session-seconds",
        "0",
    ]);
    let id = running.0.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(killed.success());
    assert!(running.0.wait().unwrap().success());
}
