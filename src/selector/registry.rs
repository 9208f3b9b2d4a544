//! The registered application usages (RFC 4825 section 5): what the specifications fix for their
//! documents. If a specification was not available, what programs in use do.

use std::borrow::Cow;

use super::application::{Application, RootElement};
use super::document::Tree;

impl Application {
    /// The registered application usage with this AUID.
    ///
    /// The registry has the usages of the IETF (RFC 4825, 4826, 4827, 5025), of OMA's XDM enablers,
    /// of the supplementary services of ETSI and 3GPP, of 3GPP's mission-critical services (TS
    /// 24.481, 24.484) and of OpenXCAP. [`registry`](Self::registry) lists them. What is not known
    /// about a usage is left open: `None`, and `application/xml`.
    ///
    /// Some usages give each document a name of its own, for instance that of a group. These have
    /// the filename `index` here; name the document with [`filename`](crate::Request::filename), or
    /// `at`.
    ///
    /// ```
    /// use xcaplib::{Application, Tree};
    ///
    /// let services = Application::lookup("org.3gpp.mcptt.service-config").unwrap();
    /// assert_eq!((services.tree, &*services.filename), (Tree::Global, "service-config.xml"));
    /// assert_eq!(Application::lookup("calls.example.com"), None);
    /// ```
    #[must_use]
    pub fn lookup(auid: &str) -> Option<&'static Self> {
        REGISTRY.iter().find(|application| application.auid == auid)
    }

    /// The whole registry.
    ///
    /// ```
    /// use xcaplib::Application;
    ///
    /// for usage in Application::registry() {
    ///     println!("{}: {}, {}", usage.auid, usage.media_type, usage.filename);
    /// }
    /// # assert_eq!(Application::registry().len(), 27);
    /// ```
    #[must_use]
    pub fn registry() -> &'static [Self] {
        &REGISTRY
    }
}

/// The AUID of the usage by which a server says what it supports (RFC 4825 section 12).
pub(crate) const CAPABILITIES: &str = "xcap-caps";
/// The AUID of the usage by which a server lists a user's documents (OMA XDM).
pub(crate) const DIRECTORY: &str = "org.openmobilealliance.xcap-directory";

pub(crate) const XCAP_CAPS: &str = "urn:ietf:params:xml:ns:xcap-caps";
pub(crate) const XCAP_DIRECTORY: &str = "urn:oma:xml:xdm:xcap-directory";
pub(super) const DIALOG_RULES: &str = "http://openxcap.org/ns/dialog-rules";
const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";
const RESOURCE_LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";
const RLS_SERVICES: &str = "urn:ietf:params:xml:ns:rls-services";
const PIDF: &str = "urn:ietf:params:xml:ns:pidf";
const SIMSERVS: &str = "http://uri.etsi.org/ngn/params/xml/simservs/xcap";
const PRES_CONTENT: &str = "urn:oma:xml:prs:pres-content";
const USER_PROFILE: &str = "urn:oma:xml:xdm:user-profile";
const GROUPS: &str = "urn:oma:xml:poc:list-service";
const HISTORY: &str = "urn:oma:xml:im:history-list";
const UE_INIT_CONFIG: &str = "urn:3gpp:mcptt:mcpttUEinitConfig:1.0";
const UE_CONFIG: &str = "urn:3gpp:mcptt:mcpttUEConfig:1.0";
const MCPTT_PROFILE: &str = "urn:3gpp:mcptt:user-profile:1.0";
const MCPTT_SERVICE: &str = "urn:3gpp:ns:mcpttServiceConfig:1.0";
const MCVIDEO_PROFILE: &str = "urn:3gpp:ns:mcvideo:user-profile:1.0";
const MCVIDEO_SERVICE: &str = "urn:3gpp:ns:mcvideoServiceConfig:1.0";
const WATCHERS: &str = "http://openxcap.org/ns/watchers";

const LISTS_ROOT: Root = Some((RESOURCE_LISTS, "resource-lists"));
const RULES_ROOT: Root = Some((COMMON_POLICY, "ruleset"));
const PROFILES_ROOT: Root = Some((USER_PROFILE, "user-profiles"));
const SIMSERVS_ROOT: Root = Some((SIMSERVS, "simservs"));

type Root = Option<(&'static str, &'static str)>;

const fn row(
    auid: &'static str,
    media_type: &'static str,
    default_namespace: Option<&'static str>,
    root: Root,
    (tree, filename): (Tree, &'static str),
) -> Application {
    Application {
        auid: Cow::Borrowed(auid),
        media_type: Cow::Borrowed(media_type),
        default_namespace: match default_namespace {
            Some(namespace) => Some(Cow::Borrowed(namespace)),
            None => None,
        },
        root: match root {
            Some((namespace, name)) => {
                Some(RootElement { namespace: Cow::Borrowed(namespace), name: Cow::Borrowed(name) })
            }
            None => None,
        },
        filename: Cow::Borrowed(filename),
        tree,
    }
}

const fn users(filename: &'static str) -> (Tree, &'static str) {
    (Tree::Users, filename)
}

const fn global(filename: &'static str) -> (Tree, &'static str) {
    (Tree::Global, filename)
}

/// If several rows have the same root element, a document with it means the first row.
static REGISTRY: [Application; 27] = [
    row(
        "resource-lists",
        "application/resource-lists+xml",
        Some(RESOURCE_LISTS),
        LISTS_ROOT,
        users("index"),
    ),
    row(
        "rls-services",
        "application/rls-services+xml",
        Some(RLS_SERVICES),
        Some((RLS_SERVICES, "rls-services")),
        users("index"),
    ),
    // The root element is not in the default namespace, so selectors need a bound prefix.
    row(
        "pres-rules",
        "application/auth-policy+xml",
        Some("urn:ietf:params:xml:ns:pres-rules"),
        RULES_ROOT,
        users("index"),
    ),
    // OpenXCAP has the default namespace of pres-rules, and sipsimple the filename `index`.
    row(
        "org.openmobilealliance.pres-rules",
        "application/auth-policy+xml",
        Some(COMMON_POLICY),
        RULES_ROOT,
        users("pres-rules"),
    ),
    row(
        "pidf-manipulation",
        "application/pidf+xml",
        Some(PIDF),
        Some((PIDF, "presence")),
        users("index"),
    ),
    row(
        CAPABILITIES,
        "application/xcap-caps+xml",
        Some(XCAP_CAPS),
        Some((XCAP_CAPS, "xcap-caps")),
        global("index"),
    ),
    row(
        DIRECTORY,
        "application/vnd.oma.xcap-directory+xml",
        Some(XCAP_DIRECTORY),
        Some((XCAP_DIRECTORY, "xcap-directory")),
        users("directory.xml"),
    ),
    row(
        "simservs.ngn.etsi.org",
        "application/vnd.etsi.simservs+xml",
        Some(SIMSERVS),
        SIMSERVS_ROOT,
        users("simservs.xml"),
    ),
    // Clearwater's servers know it by this name.
    row(
        "org.etsi.ngn.simservs",
        "application/vnd.etsi.simservs+xml",
        Some(SIMSERVS),
        SIMSERVS_ROOT,
        users("simservs.xml"),
    ),
    // The filename is from RCS; sipsimple has `oma_status-icon/index`.
    row(
        "org.openmobilealliance.pres-content",
        "application/vnd.oma.pres-content+xml",
        Some(PRES_CONTENT),
        Some((PRES_CONTENT, "content")),
        users("oma_status-icon/rcs_status_icon"),
    ),
    row(
        "org.openmobilealliance.group-usage-list",
        "application/vnd.oma.group-usage-list+xml",
        Some(RESOURCE_LISTS),
        LISTS_ROOT,
        users("index"),
    ),
    row(
        "org.openmobilealliance.user-profile",
        "application/vnd.oma.user-profile+xml",
        Some(USER_PROFILE),
        PROFILES_ROOT,
        users("user-profile"),
    ),
    row(
        "org.openmobilealliance.locked-user-profile",
        "application/vnd.oma.user-profile+xml",
        Some(USER_PROFILE),
        PROFILES_ROOT,
        users("locked-user-profile"),
    ),
    // Each group has its own document. In the global tree, TS 24.481 has `byGroupID/` before the
    // group's URI, and a server in use has `byGroup/`.
    row(
        "org.openmobilealliance.groups",
        "application/vnd.oma.poc.groups+xml",
        Some(GROUPS),
        Some((GROUPS, "group")),
        users("index"),
    ),
    // The next two are as tinyXCAP has them, with one namespace for both. Their root elements are
    // not known for certain.
    row(
        "org.openmobilealliance.conv-history",
        "application/vnd.oma.im.history-list+xml",
        Some(HISTORY),
        None,
        users("conv-history"),
    ),
    row(
        "org.openmobilealliance.deferred-list",
        "application/vnd.oma.im.deferred-list+xml",
        Some(HISTORY),
        None,
        users("deferred-list"),
    ),
    // A search is a POST with a query after the AUID. No source names documents of this usage.
    row(
        "org.openmobilealliance.search",
        "application/vnd.oma.search+xml",
        None,
        None,
        users("index"),
    ),
    // Colibria's directory has only the name. The media type is from Cipango Kaleo. Its documents
    // are rulesets (RFC 4745 section 15.2). What a name without a prefix means is not known.
    row(
        "org.openmobilealliance.access-rules",
        "application/auth-policy+xml",
        None,
        RULES_ROOT,
        users("index"),
    ),
    // draft-garcia-simple-xcap-directory-00, as tinyXCAP has it.
    row(
        "directory",
        "application/directory+xml",
        Some("urn:ietf:params:xml:ns:xcap-directory"),
        None,
        users("directory.xml"),
    ),
    // TS 24.484 section 7.2. The document's name is the UE's id.
    row(
        "org.3gpp.mcptt.ue-init-config",
        "application/vnd.3gpp.mcptt-ue-init-config+xml",
        Some(UE_INIT_CONFIG),
        Some((UE_INIT_CONFIG, "mcptt-UE-initial-configuration")),
        users("index"),
    ),
    // TS 24.484 section 8.2. Here too the document's name is the UE's id.
    row(
        "org.3gpp.mcptt.ue-config",
        "application/vnd.3gpp.mcptt-ue-config+xml",
        Some(UE_CONFIG),
        Some((UE_CONFIG, "mcptt-UE-configuration")),
        users("index"),
    ),
    // TS 24.484 section 8.3. A server of release 13 has this filename. In later releases it has the
    // profile's index (`mcptt-user-profile-1.xml`), and a client in use asks for `user-profile`.
    row(
        "org.3gpp.mcptt.user-profile",
        "application/vnd.3gpp.mcptt-user-profile+xml",
        Some(MCPTT_PROFILE),
        Some((MCPTT_PROFILE, "mcptt-user-profile")),
        users("mcptt-user-profile.xml"),
    ),
    // TS 24.484 section 8.4. An organisation may have one in a directory with its name. A client in
    // use asks for `service-config` in the users tree.
    row(
        "org.3gpp.mcptt.service-config",
        "application/vnd.3gpp.mcptt-service-config+xml",
        Some(MCPTT_SERVICE),
        Some((MCPTT_SERVICE, "service-configuration-info")),
        global("service-config.xml"),
    ),
    // TS 24.484 section 9.3. The number in the filename is the profile's index.
    row(
        "org.3gpp.mcvideo.user-profile",
        "application/vnd.3gpp.mcvideo-user-profile+xml",
        Some(MCVIDEO_PROFILE),
        Some((MCVIDEO_PROFILE, "mcvideo-user-profile")),
        users("mcvideo-user-profile-1.xml"),
    ),
    // TS 24.484 section 9.4.
    row(
        "org.3gpp.mcvideo.service-config",
        "application/vnd.3gpp.mcvideo-service-config+xml",
        Some(MCVIDEO_SERVICE),
        Some((MCVIDEO_SERVICE, "service-configuration-info")),
        global("mcvideo-service-config.xml"),
    ),
    row(
        "org.openxcap.dialog-rules",
        "application/auth-policy+xml",
        Some(DIALOG_RULES),
        RULES_ROOT,
        users("index"),
    ),
    // Only the server writes these.
    row(
        "org.openxcap.watchers",
        "application/xml",
        Some(WATCHERS),
        Some((WATCHERS, "watchers")),
        users("index"),
    ),
];
