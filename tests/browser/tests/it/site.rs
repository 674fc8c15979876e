//! A minimal HTTP server with fixed pages.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use anyhow::Result;

/// A Content Security Policy as strict as the marketplace's.
pub(crate) const STRICT: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'";

/// Path, status line, Content Security Policy and HTML of a page.
pub(crate) type Page = (&'static str, &'static str, &'static str, String);

/// A page with status 200 and the strict policy.
pub(crate) fn page(path: &'static str, body: &str) -> Page {
    (path, "200 OK", STRICT, document(body))
}

/// Serves pages until the process ends, and returns the base URL.
pub(crate) fn serve(pages: Vec<Page>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base = format!("http://{}", listener.local_addr()?);
    let pages = Arc::new(pages);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let pages = Arc::clone(&pages);
            // Browsers open spare connections, which would block a single thread.
            thread::spawn(move || respond(stream, &pages));
        }
    });
    Ok(base)
}

/// A valid HTML document with this body.
pub(crate) fn document(body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>A page</title>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
}

fn respond(mut stream: TcpStream, pages: &[Page]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let length = length_of_body(&mut reader)?;
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let missing = ("", "404 Not Found", STRICT, String::new());
    let found = pages.iter().find(|(known, ..)| *known == path);
    let (_, status, policy, html) = found.unwrap_or(&missing);
    let length = html.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n\
         Set-Cookie: who=ada; HttpOnly\r\nContent-Security-Policy: {policy}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{html}"
    )
}

fn length_of_body(reader: &mut impl BufRead) -> std::io::Result<u64> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            return Ok(length);
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
}
