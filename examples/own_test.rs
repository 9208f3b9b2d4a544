//! A program that keeps a counter in an XCAP document, and its own tests, which start an XCAP
//! server in their process and have it misbehave.
//!
//! `cargo run --example own_test` and `cargo test --example own_test`

use xcaplib::testing::Server;
use xcaplib::{Result, XCAPClient};

const USAGE: &str = "calls.example.com";

/// Counts one more call, whoever else counts at the same time.
fn count(client: &XCAPClient) -> Result<u32> {
    let mut copy = match client.open(USAGE) {
        Err(error) if error.is_not_found() => {
            match client.insert(USAGE, "<calls>0</calls>", None, None, None) {
                // Somebody else was first: theirs is as good.
                Err(error) if !error.is_already_exists() => return Err(error),
                _ => client.open(USAGE)?,
            }
        }
        found => found?,
    }
    .retries(20);
    copy.update(|text| format!("<calls>{}</calls>", calls(text) + 1))?;
    Ok(calls(copy.text()))
}

fn calls(text: &str) -> u32 {
    let number = text.strip_prefix("<calls>").and_then(|rest| rest.strip_suffix("</calls>"));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// A server that knows the usage of this program.
fn server() -> std::io::Result<Server> {
    Server::builder().application(xcaplib::Application::new(USAGE)).start()
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let server = server()?;
    let client = server.client("sip:alice@example.com")?;
    for _ in 0..3 {
        println!("call number {}", count(&client)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use xcaplib::testing::Fault;

    #[test]
    fn calls_of_four_threads_are_all_counted() {
        let server = server().unwrap();
        let client = server.client("sip:alice@example.com").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        count(&client).unwrap();
                    }
                });
            }
        });
        assert_eq!(count(&client).unwrap(), 41);
    }

    #[test]
    fn a_lost_answer_is_told() {
        let server = server().unwrap();
        let client = server.client("sip:alice@example.com").unwrap();
        count(&client).unwrap();
        server.misbehave(2, Fault::CloseBeforeAnswer);
        assert!(count(&client).unwrap_err().is_transport());
        assert_eq!(count(&client).unwrap(), 2);
    }
}
