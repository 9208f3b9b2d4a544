//! Changing what a rule shows.

use crate::answer::Result;
use crate::document::Draft;
use crate::selector::NodeSelector;

use super::change::{Change, last_in};
use super::names::{PRES_RULES, policy_children};
use super::provided::{KINDS, Kind, kind, with_elements};
use super::style::Style;

/// Makes a rule provide these known transformations and no other known ones.
pub(super) fn provide(draft: &mut Draft, rule: &NodeSelector, names: &[&str]) -> Result<()> {
    let mut wanted: Vec<(&str, Kind)> = Vec::new();
    for name in names {
        let kind = kind(name)?;
        if !wanted.contains(&(*name, kind)) {
            wanted.push((name, kind));
        }
    }
    let element = draft.get(rule)?;
    let Some(transformations) = policy_children(&element, "transformations").pop() else {
        let style = Style::inside(draft, &element)?;
        let names: Vec<_> = wanted.iter().map(|(name, _)| *name).collect();
        let transformations = with_elements(style.policy("transformations"), &names, &style)?;
        return Change::Insert(last_in(&element), transformations).apply(draft);
    };
    let selector = transformations.selector();
    reduce(draft, &selector, &mut wanted)?;
    for (name, kind) in wanted {
        let transformations = draft.get(&selector)?;
        let style = Style::inside(draft, &transformations)?;
        let element = kind.element(name, &style);
        Change::Insert(last_in(&transformations), element).apply(draft)?;
    }
    Ok(())
}

/// Removes the transformations that are not wanted, and the wanted ones that do not give as much as
/// they can. The ones that fit stay, and are taken off the list of what to add.
fn reduce(
    draft: &mut Draft,
    transformations: &NodeSelector,
    wanted: &mut Vec<(&str, Kind)>,
) -> Result<()> {
    for (name, kind) in &KINDS {
        let named = transformations.clone().child(&format!("presence:{name}"));
        let named = named.bind("presence", PRES_RULES);
        let found = draft.get_all(&named)?;
        let is_wanted = wanted.iter().any(|(wanted, _)| wanted == name);
        if is_wanted && found.iter().any(|found| kind.gives_all(found)) {
            wanted.retain(|(wanted, _)| wanted != name);
        } else if !found.is_empty() {
            draft.remove_all(&named)?;
        }
    }
    Ok(())
}
