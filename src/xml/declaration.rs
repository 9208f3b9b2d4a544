//! The XML declaration (XML 1.0, productions 23 to 32 and 80). The parser reads only the beginnings
//! of its words.

use crate::text::printable;

use super::chars::is_whitespace;
use super::fault::{Fault, position};

/// How most documents begin. It is recognised at once.
const USUAL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// What the declaration of a text says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Declaration<'x> {
    /// The name of the encoding, and where in the text `encoding` begins.
    pub(crate) encoding: Option<(usize, &'x str)>,
}

impl<'x> Declaration<'x> {
    /// Whether the text begins with a declaration.
    pub(crate) fn is_first(text: &str) -> bool {
        text.strip_prefix("<?xml").is_some_and(|rest| rest.starts_with(is_whitespace))
    }

    /// Reads the declaration at the start of a text. `None` if there is none.
    pub(crate) fn read(text: &'x str) -> Result<Option<Self>, Fault> {
        if text.starts_with(USUAL) {
            return Ok(Some(Self { encoding: Some((20, "UTF-8")) }));
        }
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        if !text.get(start..).is_some_and(Self::is_first) {
            return Ok(None);
        }
        let read = Reader { text, at: start + "<?xml".len() }.declaration();
        read.map(Some).map_err(|(at, reason)| Fault::at(position(text, at), reason))
    }
}

/// Where a fault is, and what it is.
type Read<T> = Result<T, (usize, String)>;

/// A name in the declaration and its value, and where each begins.
struct Said<'x> {
    at: usize,
    value_at: usize,
    value: &'x str,
}

struct Reader<'x> {
    text: &'x str,
    at: usize,
}

impl<'x> Reader<'x> {
    fn declaration(mut self) -> Read<Declaration<'x>> {
        match self.said("version")? {
            Some(version) => check_version(&version)?,
            None => {
                self.skip_whitespace();
                return self.expected("`version` is expected here");
            }
        }
        let encoding = self.said("encoding")?;
        if let Some(encoding) = &encoding {
            check_encoding(encoding)?;
        }
        if let Some(standalone) = self.said("standalone")? {
            check_standalone(&standalone)?;
        }
        self.skip_whitespace();
        if !self.rest().starts_with("?>") {
            return self.expected("`?>` is expected here");
        }
        Ok(Declaration { encoding: encoding.map(|said| (said.at, said.value)) })
    }

    /// Reads what follows, with white space before it, if it begins with this name.
    fn said(&mut self, name: &str) -> Read<Option<Said<'x>>> {
        let before = self.at;
        self.skip_whitespace();
        let at = self.at;
        let Some(rest) = self.rest().strip_prefix(name) else {
            self.at = before;
            return Ok(None);
        };
        if at == before {
            return self.expected("white space is expected here; add a space");
        }
        self.at = self.text.len() - rest.len();
        self.skip_whitespace();
        let Some(rest) = self.rest().strip_prefix('=') else {
            return self.expected("`=` is expected here");
        };
        self.at = self.text.len() - rest.len();
        self.skip_whitespace();
        let Some(quote @ ('"' | '\'')) = self.rest().chars().next() else {
            return self.expected("a value stands in quotes; put it between `\"` and `\"`");
        };
        let value_at = self.at + 1;
        let rest = self.text.get(value_at..).unwrap_or_default();
        let Some((value, _)) = rest.split_once(quote) else {
            return self.expected(&format!("no `{quote}` closes the value; add one at its end"));
        };
        self.at = value_at + value.len() + 1;
        Ok(Some(Said { at, value_at, value }))
    }

    fn expected<T>(&self, reason: &str) -> Read<T> {
        Err((self.at, reason.to_owned()))
    }

    fn skip_whitespace(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_whitespace).len();
    }

    fn rest(&self) -> &'x str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// A document of any version 1.x is read as one of version 1.0 (section 2.8).
fn check_version(version: &Said<'_>) -> Read<()> {
    let minor = version.value.strip_prefix("1.").unwrap_or_default();
    if !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let shown = printable(version.value);
    Err((version.value_at, format!("`{shown}` is not a version of XML 1; write `1.0`")))
}

fn check_encoding(encoding: &Said<'_>) -> Read<()> {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let starts_well = encoding.value.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts_well && encoding.value.bytes().all(is_of_name) {
        return Ok(());
    }
    let shown = printable(encoding.value);
    Err((encoding.value_at, format!("`{shown}` is not the name of an encoding; write `UTF-8`")))
}

fn check_standalone(standalone: &Said<'_>) -> Read<()> {
    if matches!(standalone.value, "yes" | "no") {
        return Ok(());
    }
    let shown = printable(standalone.value);
    Err((
        standalone.value_at,
        format!("`standalone` is `yes` or `no`, not `{shown}`; write one of them, or leave it out"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fault(text: &str, shown: &str) {
        let fault = Declaration::read(text).unwrap_err();
        assert_eq!(format!("{}: {}", fault.position, fault.reason), shown);
    }

    fn encoding(text: &str) -> Option<(usize, &str)> {
        Declaration::read(text).unwrap().unwrap().encoding
    }

    #[test]
    fn declarations_are_read_whole() {
        assert_eq!(encoding("<?xml version=\"1.0\"?>"), None);
        assert_eq!(encoding(USUAL), encoding(&USUAL.replace("?>", " ?>")));
        assert_eq!(encoding("<?xml\tversion = '1.1'\n?>"), None);
        assert_eq!(encoding("<?xml version='1.10' standalone='yes' ?>"), None);
        assert_eq!(encoding("<?xml version='1.0' encoding='x-Y_1.2'?>"), Some((20, "x-Y_1.2")));
        let all = "\u{feff}<?xml\nversion='1.0'\r\nencoding = \"UTF-8\" standalone='no'?><a/>";
        assert_eq!(encoding(all), Some((24, "UTF-8")));
        for text in
            ["", "<a/>", "<?xml-stylesheet href='x'?><a/>", " <?xml version='2'?>", "<?xml?>"]
        {
            assert_eq!(Declaration::read(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn a_broken_declaration_is_told_where() {
        fault("<?xml ?><a/>", "1:7: `version` is expected here");
        fault("<?xml encoding='UTF-8'?>", "1:7: `version` is expected here");
        fault("<?xml Version='1.0'?>", "1:7: `version` is expected here");
        fault("<?xml\nversionX='1.0'?>", "2:8: `=` is expected here");
        fault(
            "<?xml version=1.0?>",
            "1:15: a value stands in quotes; put it between `\"` and `\"`",
        );
        fault("<?xml version='1.0?>", "1:15: no `'` closes the value; add one at its end");
        for version in ["2.0", "1.", "1", "1.0a", "", " 1.0", "1.0 ", "-1.0"] {
            fault(
                &format!("<?xml version='{version}'?>"),
                &format!("1:16: `{version}` is not a version of XML 1; write `1.0`"),
            );
        }
        fault(
            "<?xml version='1.0'encoding='UTF-8'?>",
            "1:20: white space is expected here; add a space",
        );
        for name in ["", "8", "UTF 8", "UTF+8", "-"] {
            fault(
                &format!("<?xml version='1.0' encoding='{name}'?>"),
                &format!("1:31: `{name}` is not the name of an encoding; write `UTF-8`"),
            );
        }
        for value in ["y", "YES", "", "yes "] {
            fault(
                &format!("<?xml version='1.0' standalone='{value}'?>"),
                &format!(
                    "1:33: `standalone` is `yes` or `no`, not `{value}`; write one of them, or leave it out"
                ),
            );
        }
        let end = "`?>` is expected here";
        fault("<?xml version='1.0' standalone='no' encoding='UTF-8'?>", &format!("1:37: {end}"));
        fault("<?xml version='1.0' version='1.0'?>", &format!("1:21: {end}"));
        fault("<?xml version='1.0' x='y'?>", &format!("1:21: {end}"));
        fault("<?xml version='1.0'>", &format!("1:20: {end}"));
    }
}
