//! A stand-in for `crate::document` until that is merged.
#![allow(dead_code)]
use crate::conflict::Conflict;
use crate::resource::ResourceKind;
use crate::selector::NodeSelector;

pub(super) struct Selected;
impl Selected {
    pub(super) fn as_str(&self) -> &str {
        ""
    }
    pub(super) fn att_value(&self) -> Option<&str> {
        None
    }
    pub(super) fn kind(&self) -> ResourceKind {
        ResourceKind::Element
    }
}
pub(super) struct Edit {
    pub(super) text: String,
    pub(super) created: bool,
}
#[derive(Debug)]
pub(super) struct Refusal;
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no engine yet")
    }
}
impl Refusal {
    pub(super) fn status(&self) -> u16 {
        404
    }
    pub(super) fn conflict(&self) -> Option<&Conflict> {
        None
    }
}
pub(super) fn get(_: &str, _: &NodeSelector, _: Option<&str>) -> Result<Selected, Refusal> {
    Err(Refusal)
}
pub(super) fn put(
    _: &str,
    _: &NodeSelector,
    _: impl AsRef<[u8]>,
    _: Option<&str>,
) -> Result<Edit, Refusal> {
    Err(Refusal)
}
pub(super) fn delete(_: &str, _: &NodeSelector, _: Option<&str>) -> Result<String, Refusal> {
    Err(Refusal)
}
