//! A patch: operations in order (RFC 5261 section 4).

use std::borrow::Cow;

use roxmltree::Document;

use crate::document::validate;
use crate::xml::{Source, Splice};

use super::error::PatchError;
use super::fault::{Fault, PatchErrorKind};
use super::operation::{Operation, OperationKind};
use super::work::Work;
use super::{add, remove, replace};

/// Applies the operations to a document.
pub(super) fn apply(
    operations: &[Operation],
    xml: &str,
    work: &mut Work,
) -> Result<String, PatchError> {
    check_encoding(xml)
        .and_then(|()| work.admit(operations.len(), xml))
        .map_err(PatchError::of_document)?;
    let mut text = Cow::Borrowed(xml);
    let mut last = None;
    for (index, operation) in operations.iter().enumerate() {
        let source = Source::new(&*text);
        let document = parse(&source, &text, last, work)?;
        let change = change(&document, operation, work)
            .map_err(|fault| PatchError::of_operation(fault, index, operation))?;
        let patched = change.apply(&text);
        drop(document);
        drop(source);
        text = Cow::Owned(patched);
        last = Some((index, operation));
    }
    parse(&Source::new(&*text), &text, last, work)?;
    Ok(text.into_owned())
}

/// Parses the result of the last operation.
fn parse<'x>(
    source: &'x Source<'_>,
    text: &str,
    last: Option<(usize, &Operation)>,
    work: &mut Work,
) -> Result<Document<'x>, PatchError> {
    let parsed = work.parse(text).and_then(|()| {
        source.parse().map_err(|fault| {
            let what = if last.is_some() { "the patched document" } else { "the document" };
            Fault::new(
                PatchErrorKind::NotWellFormed,
                format!(
                    "{what} is not XML that can be read: line {}, column {}: {}",
                    fault.position.row, fault.position.col, fault.reason
                ),
            )
        })
    });
    parsed.map_err(|fault| match last {
        Some((index, operation)) => PatchError::of_operation(fault, index, operation),
        None => PatchError::of_document(fault),
    })
}

fn change(
    document: &Document<'_>,
    operation: &Operation,
    work: &mut Work,
) -> Result<Splice<'static>, Fault> {
    match operation.kind() {
        OperationKind::Add => add::change(document, operation, work),
        OperationKind::Replace => replace::change(document, operation, work),
        OperationKind::Remove => remove::change(document, operation, work),
        OperationKind::Unknown => Err(Fault::new(
            PatchErrorKind::InvalidPatchDirective,
            "expected `add`, `replace` or `remove`",
        )),
    }
}

/// Checks the document's encoding. A diff is UTF-8, so the document has to be UTF-8 too.
fn check_encoding(xml: &str) -> Result<(), Fault> {
    let text = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    validate::check_declared_encoding(text)
        .map_err(|fault| Fault::new(PatchErrorKind::InvalidCharacterSet, fault.reason))
}
