//! State that the threads of a server share.

use std::sync::Mutex;
use std::time::Duration;

use super::access::Access;
use super::connections::Connections;
use super::fault::Faults;
use super::profile::behaviour::Behaviour;
use super::record::Records;
use super::site::Site;
use super::store::Store;

pub(super) struct Shared {
    pub(super) site: Site,
    pub(super) behaviour: &'static dyn Behaviour,
    pub(super) access: Access,
    pub(super) keep_alive: Duration,
    pub(super) connections: Connections,
    pub(super) store: Mutex<Store>,
    pub(super) faults: Mutex<Faults>,
    pub(super) records: Mutex<Records>,
}
