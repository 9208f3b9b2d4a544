//! Connections that fail, and answers that come too slowly.

use super::*;

pub fn connections() -> Vec<Row> {
    let mut rows = vec![
        served_by("nobody listens", Peer::Nobody)
            .all(fails(ErrorKind::Transport, "the connection was refused"))
            .requests(0),
        row("closed on arrival", always(silent().at_once().close())).lost(),
        row("reset at the first byte", always(silent().after_bytes(0).reset())).lost(),
        row("reset in the middle of the request", always(silent().after_bytes(60_000).reset()))
            .body(LARGE)
            .lost(),
        row("closed after the request", always(silent().close())).lost(),
        row("reset after the request", always(silent().reset())).lost(),
        row(
            "refused before the body was read, and closed",
            always(answer("413 Too Large", "", "no").after_bytes(1_000).close()),
        )
        .body(LARGE)
        .all(refused(ErrorKind::Status, 413, "the server answered 413")),
        row("nothing is read", always(silent().at_once().hang())).body(LARGE).times_out(),
        row("the request is read slowly", always(silent().at_once().sip(4_096, TICK)))
            .body(LARGE)
            .times_out(),
        // Idle connections.
        row("closed while idle", turns([good().close(), good()])).primed(),
        row("closed while idle, with a 408", {
            turns([
                good().wait(TICK).send(bytes("408 Timeout\nContent-Length: 0", "")).close(),
                good(),
            ])
        })
        .primed(),
        row("an answer that nobody asked for, while idle", {
            let stray = bytes("200 OK\nContent-Length: 4", "<b/>");
            turns([good().wait(TICK).send(stray), good()])
        })
        .primed(),
        row("closed when the next request came", turns([good(), silent().close(), good()]))
            .primed()
            .lost()
            .get(found("<a/>"))
            .requests_each([2, 1, 1])
            .why("the change may have been made, so it is not sent again"),
        row("reset when the next request came", turns([good(), silent().reset(), good()]))
            .primed()
            .lost()
            .get(found("<a/>"))
            .requests_each([2, 1, 1])
            .why("the change may have been made, so it is not sent again"),
        row("reset at every next request", turns([good(), silent().reset()]))
            .primed()
            .lost()
            .requests_each([2, 1, 1]),
        row("closed in the middle of the next answer", {
            turns([good(), http("200 OK\nContent-Length: 9", "<a").close()])
        })
        .primed()
        .cut(),
        row("closed after the request that answers a challenge", {
            turns([digest("r", 1, ""), silent().close(), good()])
        })
        .lost()
        .get(found("<a/>"))
        .requests_each([3, 2, 2])
        .why("the change may have been made, so it is not sent again"),
    ];
    // Elsewhere a connection that waits to be taken looks different.
    if cfg!(target_os = "linux") {
        let full = served_by("no connection is taken", Peer::Full)
            .all(fails(ErrorKind::Timeout, "connecting took longer than 2s"))
            .requests(0);
        rows.push(Row { connect_timeout: SHORT, ..full });
    }
    rows
}

pub fn slow_answers() -> Vec<Row> {
    let slow = Duration::from_secs(1) / 5;
    let whole = bytes("200 OK\nContent-Length: 4", "<a/>");
    let digest = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
    let unauthorized = bytes(&format!("401 No\nContent-Length: 0\n{digest}"), "");
    vec![
        row("never an answer", always(silent().hang())).times_out(),
        row("a head and no body", always(http("200 OK\nContent-Length: 4", "").hang())).times_out(),
        row("a body byte by byte", {
            always(http("200 OK\nContent-Length: 100", "").drip([b'x'; 100], slow))
        })
        .times_out(),
        row("a head byte by byte", always(silent().drip(&whole, slow))).times_out(),
        row("chunks byte by byte", always(chunked("").endless("1\r\nx\r\n", slow))).times_out(),
        row("in pieces, but in time", always(silent().drip(&whole, TICK / 20))),
        row("a challenge, then never an answer", {
            turns([silent().wait(TICK).send(unauthorized), silent().hang()])
        })
        .times_out()
        .requests(2),
    ]
}
