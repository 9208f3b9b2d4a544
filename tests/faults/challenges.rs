//! 401s that never end, and those that cannot be answered.

use super::*;

pub fn challenges() -> Vec<Row> {
    let denied = |says: &str| refused(ErrorKind::Unauthorized, 401, says);
    let wrong = |realm: &str| {
        denied(&format!("the server refused the user name and password for realm `{realm}`"))
    };
    let schemes = |separator: &str| {
        let schemes: Vec<_> = (0..100).map(|n| format!("Scheme{n} a=b")).collect();
        challenge(&schemes.join(separator))
    };
    vec![
        row("the same challenge for ever", always(digest("r", 1, ""))).all(wrong("r")).requests(2),
        row("new challenges for ever", Arc::new(|number| digest("r", number, "")))
            .all(wrong("r"))
            .requests(2),
        row(
            "another realm each time",
            Arc::new(|number| digest(&format!("r{number}"), number, "")),
        )
        .all(wrong("r0"))
        .requests(2),
        row("stale for ever", Arc::new(|number| digest("r", number, ", stale=true")))
            .all(denied("the request was sent 3 times"))
            .requests(3),
        row("the same nonce stale for ever", always(digest("r", 1, ", stale=true")))
            .all(denied("the request was sent 3 times"))
            .requests(3),
        row("Basic for ever", always(challenge("Basic realm=\"r\""))).all(wrong("r")).requests(2),
        row("no challenge", always(answer("401 Unauthorized", "", "")))
            .all(denied("asks for authentication without a challenge")),
        row("an empty challenge", always(challenge("")))
            .all(denied("asks for authentication without a challenge")),
        row("a challenge without a nonce", always(challenge("Digest realm=\"r\", qop=\"auth\"")))
            .all(denied("Digest challenge has no `nonce`")),
        row("a challenge of noise", always(challenge("=,\"x, ;;\\ = ,Digest,nonce=\"")))
            .all(denied("Digest challenge has no ")),
        row("an unknown algorithm", {
            always(challenge("Digest realm=\"r\", nonce=\"n\", algorithm=MD7"))
        })
        .all(denied("offers only authentication that this client does not know")),
        row("a challenge of 100 schemes", always(schemes(", ")))
            .all(denied("offers only authentication that this client does not know")),
        row("100 challenges", always(schemes("\nWWW-Authenticate: ")))
            .all(denied("offers only authentication that this client does not know")),
        row("the right one behind 50 schemes", {
            let schemes = "Scheme a=b, ".repeat(50);
            let right =
                challenge(&format!("{schemes}Digest realm=\"r\", nonce=\"n\", qop=\"auth\""));
            turns([right, good()])
        })
        .requests(2),
        row(
            "a challenge of 1 MB",
            always(challenge(&format!("Digest nonce=\"{}\"", "n".repeat(1_000_000)))),
        )
        .head_too_large(),
        row("a nonce of 50 kB", {
            let nonce = "n".repeat(50_000);
            turns([challenge(&format!("Digest realm=\"r\", nonce=\"{nonce}\"")), good()])
        })
        .requests(2),
        row("an answer that does not prove the password", {
            let proof = answer("200 OK", "Authentication-Info: rspauth=\"0123\"", "<a/>");
            turns([digest("r", 1, ""), proof])
        })
        .get(refused(ErrorKind::MalformedResponse, 200, "its `rspauth` is wrong"))
        .change(refused(ErrorKind::MalformedResponse, 200, "its `rspauth` is wrong").unsure())
        .requests(2)
        .why("whoever answers does not know the password"),
        row("a challenge with an endless page", {
            always(
                http("401 No\nWWW-Authenticate: Basic realm=r", "")
                    .endless([b'x'; 65_536], NO_TIME),
            )
        })
        .too_large(401),
        row("407", always(answer("407 Proxy", "Proxy-Authenticate: Basic realm=\"r\"", "")))
            .all(refused(ErrorKind::Status, 407, "the server answered 407")),
    ]
}
