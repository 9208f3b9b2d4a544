//! The changes on servers: the copy and the server both end with the text that is expected.
//!
//! Kamailio's module and OpenXCAP do not serve this usage. A server of OpenXCAP's or Kamailio's
//! kind that does is the profile with the usage added.

use xcaplib::document::Draft;
use xcaplib::testing::{Profile, Server, ServerBuilder};
use xcaplib::usages::SimServs;
use xcaplib::{Application, CachedDocument, Result};

use super::cases::CALLS;

const USER: &str = "sip:alice@example.com";
const USAGES: [&str; 2] = ["simservs.ngn.etsi.org", "org.etsi.ngn.simservs"];
const PROFILES: [Profile; 3] = [Profile::Rfc4825, Profile::OpenXcap, Profile::Kamailio];

fn builder(profile: Profile) -> ServerBuilder {
    let usages = USAGES.map(|auid| Application::lookup(auid).unwrap().clone());
    usages.into_iter().fold(Server::builder().profile(profile), ServerBuilder::application)
}

fn edit(copy: &mut CachedDocument, call: fn(&mut Draft) -> Result<()>) -> bool {
    copy.edit(call).unwrap().is_some()
}

#[test]
fn each_profile_takes_what_a_change_makes() {
    for profile in PROFILES {
        let server = builder(profile).start().unwrap();
        let client = server.client(USER).unwrap();
        for case in CALLS {
            let what = format!("{} on {profile:?}", case.name());
            client.put(case.usage, case.text(), None, None, None).unwrap();
            let mut copy = client.open(case.usage).unwrap();
            assert_eq!(edit(&mut copy, case.call), case.text() != case.expected(), "{what}");
            assert_eq!(
                client.get(case.usage, None, None, None).unwrap(),
                *case.expected(),
                "{what}"
            );
            assert!(!edit(&mut copy, case.call), "the second time: {what}");
        }
    }
}

/// Each change is one of nodes, too.
#[test]
fn a_change_goes_out_node_by_node() {
    let server = builder(Profile::Rfc4825).start().unwrap();
    let client = server.client(USER).unwrap();
    for case in CALLS {
        client.put(case.usage, case.text(), None, None, None).unwrap();
        let mut copy = client.open(case.usage).unwrap().by_node(true);
        edit(&mut copy, case.call);
        assert_eq!(copy.text(), case.expected(), "{}", case.name());
        assert_eq!(client.get(case.usage, None, None, None).unwrap(), *case.expected());
    }
}

#[test]
fn both_usages_take_an_empty_document() {
    let server = builder(Profile::Rfc4825).start().unwrap();
    let client = server.client(USER).unwrap();
    for usage in USAGES {
        let copy = client.request(usage).open_or_insert(SimServs::empty()).unwrap();
        assert_eq!(copy.text(), SimServs::empty(), "{usage}");
    }
}

#[test]
fn servers_without_the_usage_say_so() {
    for profile in [Profile::OpenXcap, Profile::Kamailio] {
        let server = Server::builder().profile(profile).start().unwrap();
        let client = server.client(USER).unwrap();
        let error = client.request(USAGES[0]).open_or_insert(SimServs::empty()).unwrap_err();
        assert_eq!(error.status(), Some(404), "{profile:?}: {error}");
    }
}
