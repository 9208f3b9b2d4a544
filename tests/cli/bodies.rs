//! Bodies go through as they are, in both directions.

use crate::bench::{Bench, EMPTY, answer};

#[test]
fn bodies_survive_byte_for_byte() {
    let bench = Bench::new();
    // What the server was sent counts, not what it says to it.
    let sent: [&[u8]; 5] =
        [b"\xff\xfe\x00\x80", b"a\r\nb\n", b"no line end", b"", &[b'x'; 1 << 20]];
    for body in sent {
        let put = ["--no-validate", "--app", "resource-lists", "put"];
        bench.run_with(&put, body);
        assert!(bench.last().body() == body);
        let path = bench.file("body", body);
        bench.run(&["--no-validate", "--app", "resource-lists", "put", "-i", &path]);
        assert!(bench.last().body() == body);

        for (status, code) in [(200, 0), (500, 3)] {
            // Digest: the challenge comes first, then the answer.
            bench.server.misbehave(1, answer(status, "application/octet-stream", body));
            let got = bench.run(&["--app", "resource-lists", "get"]);
            assert_eq!(got.code, Some(code), "{}", got.stderr);
            assert!(got.stdout == body);
        }
    }
    let large = format!("{EMPTY}<!--{}-->", "x".repeat(1 << 20));
    assert_eq!(bench.run_with(&["put"], large.as_bytes()).code, Some(0));
    assert!(bench.stored().unwrap() == large);
    assert!(bench.run(&["get", "--app", "resource-lists"]).stdout == large.as_bytes());
}
