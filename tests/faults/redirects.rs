//! Redirects to where nobody should go.

use super::*;

pub fn redirects() -> Vec<Row> {
    let to = |name: &str, location: &str| row(name, always(redirect(307, location)));
    let refuses = |says: &str| refused(ErrorKind::Redirect, 307, says);
    let origin = "not followed to another origin; if it is right, make it the client's root";
    vec![
        to("a redirect loop", "/a")
            .all(refuses("more than 5 redirects are not followed"))
            .requests(6),
        to("a redirect to itself", "").all(refuses("more than 5 redirects")).requests(6),
        row("endless redirects", Arc::new(|number| redirect(308, &format!("/{number}"))))
            .all(refused(ErrorKind::Redirect, 308, "more than 5 redirects are not followed"))
            .requests(6),
        row(
            "five redirects",
            Arc::new(|number| if number < 5 { redirect(307, "/a") } else { good() }),
        )
        .requests(6),
        row("302 once", turns([redirect(302, "/a"), good()]))
            .change(refused(ErrorKind::Redirect, 302, "not followed for this method and status"))
            .requests_each([2, 1, 1])
            .why("a 302 may mean a GET, which would be taken for the change"),
        row("303", always(redirect(303, "/a"))).all(refused(
            ErrorKind::Redirect,
            303,
            "not followed for this method and status",
        )),
        to("a redirect to another host", "http://other.invalid/a").all(refuses(origin)),
        to("a redirect to another port", "http://127.0.0.1:1/a").all(refuses(origin)),
        to("a redirect to another name of the host", "http://localhost/a").all(refuses(origin)),
        to("a redirect to another scheme", "https://127.0.0.1/a").all(refuses(origin)),
        to("a redirect without a scheme", "//other.invalid/a").all(refuses(origin)),
        to("a redirect with backslashes", "\\\\other.invalid\\a").all(refuses(origin)),
        to("a redirect to a mailbox", "mailto:a@b").all(refuses(origin)),
        to("a redirect to a user name", "//u:hidden@127.0.0.1/a")
            .all(refuses("a redirect to http")),
        to("a redirect to noise", "http://[::1").all(refuses("which is not a URL")),
        to("a redirect of 60 kB", &format!("//other.invalid/{}", "x".repeat(60_000)))
            .all(refuses("a redirect to http://other.invalid/xxx")),
        // Each becomes three characters.
        to("a redirect that becomes too long", &format!("/{}", "<".repeat(30_000))).all(refuses(
            "which no request can be sent to; it is too long or holds odd characters",
        )),
        row("a redirect without Location", always(answer("307 Moved", "", "")))
            .all(refuses("a redirect without a Location")),
        row("two Locations", {
            turns([redirect(307, "/a\nLocation: http://other.invalid/b"), good()])
        })
        .requests(2),
        row("a redirect to challenges", {
            Arc::new(
                |number| if number == 0 { redirect(307, "/a") } else { digest("r", number, "") },
            )
        })
        .all(refused(ErrorKind::Unauthorized, 401, "refused the user name and password"))
        .requests(3),
        row("a redirect that is lost", turns([redirect(307, "/a"), silent().close()]))
            .lost()
            .requests_each([3, 2, 2]),
    ]
}
