//! Made-up documents and calls: the text is, byte for byte, that of a second implementation.

use xcaplib::document::Draft;
use xcaplib::usages::{ResourceLists, RlsServices, Service};

use super::generate::{self, Call, RESOURCE_LISTS, Rng};
use super::naive;
use super::schema::assert_valid;

const DOCUMENTS: u64 = 1_000;
const CALLS: usize = 4;

fn seed() -> u64 {
    match std::env::var("XCAPLIB_SEED") {
        Ok(seed) => seed.parse().expect("XCAPLIB_SEED is a number"),
        Err(_) => 4_826,
    }
}

#[test]
fn calls_make_the_text_of_a_second_implementation() {
    let (mut changed, mut unchanged) = (0, 0);
    for index in 0..DOCUMENTS {
        let seed = seed().wrapping_add(index);
        let mut rng = Rng::new(seed);
        let mut text = generate::document(&mut rng);
        for _ in 0..CALLS {
            let call = Call::made_up(&mut rng);
            let what = format!("XCAPLIB_SEED={seed}: {call:?} on {text:?}");
            let default_ns = rng.pick(&[Some(RESOURCE_LISTS), None, Some("urn:other")]);
            let mut draft = Draft::new(text.as_str(), default_ns).expect(&what);
            let says = call.make(&mut draft).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(draft.text(), naive::made(&text, &call), "{what}");
            assert!(!says || draft.text() != text, "{what}");
            if draft.text() == text {
                unchanged += 1;
            } else {
                changed += 1;
            }
            // Made again, it changes nothing.
            let once = draft.text().to_owned();
            if !matches!(call, Call::RemoveList(_)) {
                let again = call.make(&mut draft).expect(&what);
                assert_eq!((draft.text(), again), (once.as_str(), false), "again: {what}");
            }
            text = once;
        }
    }
    assert!(changed > 1_000 && unchanged > 500, "{changed} changed, {unchanged} did not");
}

#[test]
fn lists_made_from_empty_are_valid() {
    let mut documents = vec![("empty".to_owned(), ResourceLists::empty().to_owned())];
    for index in 0..150 {
        let seed = seed().wrapping_add(index);
        let mut rng = Rng::new(seed);
        let mut draft = Draft::new(ResourceLists::empty(), None).unwrap();
        let calls: Vec<_> = (0..12).map(|_| Call::made_up(&mut rng)).collect();
        for call in &calls {
            call.make(&mut draft).unwrap();
        }
        let mut list = ResourceLists::of(&mut draft).unwrap().list("all").unwrap();
        list.set_entry_ref(
            "resource-lists/users/sip:a@b/index/~~/resource-lists/list/entry",
            Some("E"),
        )
        .unwrap();
        list.set_external("https://xcap.example.com/a%5b1%5d?b=c&d", Some("X")).unwrap();
        documents.push((format!("XCAPLIB_SEED={seed} {calls:?}"), draft.text().to_owned()));
    }
    assert_valid("resource-lists", &documents);
}

#[test]
fn services_made_from_empty_are_valid() {
    let mut documents = vec![("empty".to_owned(), RlsServices::empty().to_owned())];
    for index in 0..150 {
        let seed = seed().wrapping_add(index);
        let mut rng = Rng::new(seed);
        let mut draft = Draft::new(RlsServices::empty(), None).unwrap();
        let mut calls = Vec::new();
        for _ in 0..12 {
            calls.push(service_call(&mut rng, &mut draft));
            documents.push((format!("XCAPLIB_SEED={seed} {calls:?}"), draft.text().to_owned()));
        }
    }
    assert_valid("rls-services", &documents);
}

fn service_call(rng: &mut Rng, draft: &mut Draft) -> String {
    let uri = rng.pick(&["sip:friends@example.com", "sip:FRIENDS@example.com;x=%41", "pres:a@b"]);
    let contact = rng.pick(&generate::CONTACTS).0;
    let packages = rng.pick(&[&["presence"][..], &["dialog", "presence"], &["reg"], &[]]);
    let services = RlsServices::of(draft).unwrap();
    let service = |services: RlsServices<'_>| services.service(uri).map(drop);
    let kind = rng.below(8);
    let made = match kind {
        0 => service(services),
        1 => services.service(uri).and_then(|service| service.packages(packages)).map(drop),
        2 => services.service(uri).and_then(|service| service.link("http://a.b/c?d&e")).map(drop),
        3 => services.service(uri).and_then(Service::list).map(drop),
        4 => {
            let list = services.service(uri).and_then(Service::list);
            list.and_then(|list| list.list("team")?.set(contact, Some("T"))).map(drop)
        }
        5 => {
            let list = services.service(uri).and_then(Service::list);
            list.and_then(|mut list| list.set_display_name("L")).map(drop)
        }
        6 => {
            let mut services = services;
            services.remove(uri).map(drop)
        }
        _ => {
            let list = services.service(uri).and_then(Service::list);
            list.and_then(|mut list| {
                list.set(contact, None)?;
                list.move_to(contact, ["team"])
            })
            .map(drop)
        }
    };
    made.unwrap_or_else(|error| panic!("{kind} {uri} {contact} {packages:?}: {error}"));
    format!("{kind} {uri} {contact} {packages:?}")
}
