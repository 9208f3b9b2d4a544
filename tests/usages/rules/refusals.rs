//! What is refused, to the letter, and that nothing changes then.

use xcaplib::document::Draft;
use xcaplib::usages::{Handling, PresenceRules};
use xcaplib::{Error, Result};

use super::cases::document;

#[track_caller]
fn check(text: &str, call: impl FnOnce(&mut PresenceRules<'_>) -> Result<()>, expected: &str) {
    let mut draft = Draft::new(text, None).unwrap();
    let error = call(&mut PresenceRules::of(&mut draft).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert!(error.is_invalid_input());
    assert_eq!(draft.text(), text);
}

#[test]
fn the_rule_in_the_way_is_named() {
    let bob = "sip:bob@example.com";
    let blocked = |rules: &mut PresenceRules<'_>| rules.set(bob, Handling::Block);
    let rule = |id: &str, inside: &str| {
        format!(
            "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy' xmlns:v='urn:v' \
             xmlns:p='urn:ietf:params:xml:ns:pres-rules'><rule{id}>{inside}\
             <actions><p:sub-handling>allow</p:sub-handling></actions></rule></ruleset>"
        )
    };
    let many = "<identity><many/></identity>";
    for (id, inside, expected) in [
        (
            " id='x'",
            "",
            "the rule `x` gives allow, and has no conditions, so that it holds for everybody",
        ),
        (
            "",
            "<conditions/>",
            "a rule without an id gives allow, and has no conditions, so that it holds for everybody",
        ),
        (
            " id='x'",
            &format!("<conditions><sphere value='work'/>{many}<v:weather/></conditions>"),
            "the rule `x` gives allow, and may match by what the document does not tell: `sphere`, `weather`",
        ),
        (
            " id='x'",
            "<conditions><identity><v:group/></identity></conditions>",
            "the rule `x` gives allow, and may match by what the document does not tell: `group`",
        ),
        (
            " id='x'",
            "<conditions><identity/></conditions>",
            "the rule `x` gives allow, and may match by what the document does not tell: `identity`",
        ),
        (
            " id='x'",
            &format!("<conditions>{many}{many}</conditions>"),
            "the rule `x` gives allow, and has more conditions than one `identity`",
        ),
        (
            " id='x'",
            &format!("<conditions>{many}</conditions><v:more/>"),
            "the rule `x` gives allow, and is not of the shape that RFC 4745 gives a rule",
        ),
    ] {
        let text = rule(id, inside);
        let expected = format!("{expected}; change or remove that rule");
        check(&text, blocked, &format!("`sip:bob@example.com` cannot get block: {expected}"));
        let confirm = |rules: &mut PresenceRules<'_>| rules.set_default(Handling::Confirm);
        check(&text, confirm, &format!("the default cannot get confirm: {expected}"));
    }
    check(
        &document("org.openmobilealliance.pres-rules/typical"),
        blocked,
        "`sip:bob@example.com` cannot get block: the rule `wp_prs_unlisted` gives confirm, and may \
         match by what the document does not tell: `other-identity`; change or remove that rule",
    );
}

#[test]
fn a_watcher_has_to_be_a_uri() {
    for (uri, expected) in [
        ("", "the URI of the watcher is empty"),
        (
            "bob@example.com",
            "the URI of the watcher `bob@example.com` begins with no scheme, as `sip:` is",
        ),
        (
            "1sip:bob@example.com",
            "the URI of the watcher `1sip:bob@example.com` begins with no scheme, as `sip:` is",
        ),
        (
            "sip:bob smith@example.com",
            "the URI of the watcher `sip:bob smith@example.com` holds U+0020 where a URI does not \
             allow it; write it as %20",
        ),
    ] {
        check(PresenceRules::empty(), |rules| rules.set(uri, Handling::Allow), expected);
    }
}

#[test]
fn a_rule_provides_what_rfc_5025_knows() {
    let text = document("pres-rules/two-lists");
    for (rule, name, expected) in [
        ("nobody", "provide-mood", "there is no rule `nobody`, so it can provide nothing"),
        (
            "pres_blacklist",
            "provide-mood",
            "the rule `pres_blacklist` says block, so it can provide nothing; it has to allow",
        ),
        (
            "pres_whitelist",
            "mood",
            "`mood` is not a transformation of RFC 5025; they begin with `provide-`",
        ),
        (
            "pres_whitelist",
            "provide-unknown-attribute",
            "`provide-unknown-attribute` needs attributes; put the element into the draft",
        ),
    ] {
        check(&text, |rules| rules.provide(rule, &["provide-mood", name]), expected);
    }
}

#[test]
fn only_rules_are_read() {
    let expected = "the root element of the document is `ruleset` in no namespace, where `ruleset` in \
                    the namespace `urn:ietf:params:xml:ns:common-policy` is expected";
    let of = |error: Error| (error.is_invalid_input(), error.to_string());
    let mut draft = Draft::new("<ruleset/>", None).unwrap();
    assert_eq!(of(PresenceRules::of(&mut draft).unwrap_err()), (true, expected.to_owned()));
    assert_eq!(of(PresenceRules::read("<ruleset/>").unwrap_err()), (true, expected.to_owned()));
    assert!(PresenceRules::read("<ruleset>").unwrap_err().is_conflict());
}
