//! Fetches a resource list: `get-program ROOT USER [AUTHORITIES.pem]`.

use std::error::Error;

use xcaplib::XCAPClient;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, user, authorities @ ..] = arguments.as_slice() else {
        return Err("give a root and a user".into());
    };
    let mut client = XCAPClient::builder(root, user);
    for file in authorities {
        client = client.ca_certificates(std::fs::read(file)?);
    }
    print!("{}", client.build()?.get("resource-lists", None, None, None)?);
    Ok(())
}
