//! Tables of cases in `tests/data`: blocks of `key: value` lines, as the head of each file says.

use std::fmt::Write;

/// One block: its fields in order, and the line it begins at.
pub(crate) struct Case {
    line: usize,
    fields: Vec<(String, String)>,
}

impl Case {
    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn get(&self, key: &str) -> &str {
        self.find(key).unwrap_or_else(|| panic!("line {}: `{key}` is missing", self.line))
    }
}

/// Runs every case of a file. `answer` gives the fields that the case should have, each of which
/// has to be there as it is given; `inputs` are the keys it reads.
pub(crate) fn run(
    file: &str,
    inputs: &[&str],
    answer: impl Fn(&Case) -> Vec<(&'static str, String)>,
) {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let cases = read(&std::fs::read_to_string(&path).unwrap());
    assert!(!cases.is_empty(), "{file} holds no cases");
    let mut faults = String::new();
    for case in &cases {
        let is_output = |(key, _): &&(String, String)| !inputs.contains(&key.as_str());
        let expected: Vec<_> = case.fields.iter().filter(is_output).cloned().collect();
        let found: Vec<_> = answer(case).into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        if found != expected {
            let Case { line, .. } = case;
            write!(faults, "\n{file}:{line}, expected:\n{}", shown(&expected)).unwrap();
            write!(faults, "found:\n{}", shown(&found)).unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_case = false;
    for (index, line) in text.lines().enumerate() {
        if line.is_empty() {
            in_case = false;
        } else if let Some(more) = line.strip_prefix('|') {
            let value = &mut cases.last_mut().unwrap().fields.last_mut().unwrap().1;
            value.push('\n');
            value.push_str(&unescaped(more.strip_prefix(' ').unwrap_or(more)));
        } else if !line.starts_with('#') {
            let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("line {}", index + 1));
            if !in_case {
                cases.push(Case { line: index + 1, fields: Vec::new() });
                in_case = true;
            }
            let field = (key.to_owned(), unescaped(value.trim()));
            cases.last_mut().unwrap().fields.push(field);
        }
    }
    cases
}

/// `\n`, `\t`, `\r`, `\s` (space), `\\` and `\u{..}`.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        out.push(match chars.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('s') => ' ',
            Some('\\') => '\\',
            Some('u') => {
                let (code, after) = chars.as_str()[1..].split_once('}').unwrap();
                chars = after.chars();
                char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap()
            }
            other => panic!("no escape: {other:?} in {text}"),
        });
        rest = chars.as_str();
    }
    out + rest
}

/// The fields as the file would have them.
fn shown(fields: &[(String, String)]) -> String {
    let mut out = String::new();
    for (key, value) in fields {
        let value = value.replace('\\', r"\\").replace('\t', r"\t").replace('\r', r"\r");
        let lines: Vec<String> = value.split('\n').map(edges_shown).collect();
        writeln!(out, "{key}: {}", lines.join("\n| ")).unwrap();
    }
    out
}

/// A line whose last space an editor would not lose.
fn edges_shown(line: &str) -> String {
    line.strip_suffix(' ').map_or_else(|| line.to_owned(), |head| format!(r"{head}\s"))
}
