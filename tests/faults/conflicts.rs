//! Reports of conflicts that are none.

use super::*;

/// A 409 of which nothing is known but the status.
pub fn conflict_row(name: &str, body: impl Into<Vec<u8>>) -> Row {
    let body = body.into();
    let is_heavy = body.len() > 1_000_000;
    let plain = refused(ErrorKind::Conflict, 409, "the server answered 409 Conflict");
    Row { is_heavy, ..row(name, always(conflict(body))).all(plain) }
}

pub fn conflicts() -> Vec<Row> {
    const NS: &str = "urn:ietf:params:xml:ns:xcap-error";
    let report = |inner: &str| format!("<xcap-error xmlns='{NS}'>{inner}</xcap-error>");
    let declarations =
        |count: usize| -> String { (0..count).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect() };
    let million = 1_000_000;
    let nested = ["<a>".repeat(million), "</a>".repeat(million)].concat();
    let bomb = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\
                <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>";
    let utf16: Vec<u8> = format!("\u{feff}{}", report("<cannot-insert/>"))
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let size = 15_000_000;
    vec![
        conflict_row("an xcap-error", report("<cannot-insert phrase='no'/>"))
            .all(refused(ErrorKind::Conflict, 409, "409 Conflict: cannot-insert (\"no\")"))
            .conflict("cannot-insert"),
        conflict_row("an xcap-error nested a million deep", report(&nested)),
        conflict_row("one nested a million deep, never closed", "<a>".repeat(million)),
        conflict_row(
            "an xcap-error with a DTD",
            format!("<!DOCTYPE a>{}", report("<cannot-insert/>")),
        ),
        conflict_row("an xcap-error with entities", {
            format!("{bomb}{}", report("<cannot-insert phrase='&c;'/>"))
        }),
        conflict_row("an xcap-error with 10,000 namespaces", {
            report(&format!("<cannot-insert{}/>", declarations(10_000)))
        }),
        conflict_row("an xcap-error with 10,000 namespaces inside one another", {
            let open: String = (0..10_000).map(|n| format!("<a xmlns:n{n}='urn:{n}'>")).collect();
            report(&open)
        }),
        conflict_row("an xcap-error with 10,000 attributes", {
            let attributes: String = (0..10_000).map(|n| format!(" a{n}=''")).collect();
            report(&format!("<cannot-insert{attributes}/>"))
        }),
        conflict_row("an xcap-error in UTF-16", utf16),
        // Over 1 MiB it is no report, and not parsed.
        conflict_row("an xcap-error of 15 MB", report(&"<cannot-insert/>".repeat(size / 16))),
        conflict_row("an xcap-error with 15 MB of text", {
            report(&format!("<cannot-insert phrase='{}'/>", "x".repeat(size)))
        }),
        conflict_row("an xcap-error of nearly 1 MiB", {
            report(&format!("<cannot-insert phrase='{}'/>", "x".repeat(1_000_000)))
        })
        .all(refused(ErrorKind::Conflict, 409, "409 Conflict: cannot-insert (\"xxx"))
        .conflict("cannot-insert"),
        conflict_row("half an xcap-error", report("<cannot-insert/>").split_at(70).0),
        conflict_row("an xcap-error with NUL", report("<cannot-insert phrase='\0'/>")),
        conflict_row("a 409 with a web page", "<!DOCTYPE html><html><p>no"),
        conflict_row("an xcap-error of 17 MB", vec![b' '; 17_000_000]).too_large(409),
    ]
}
