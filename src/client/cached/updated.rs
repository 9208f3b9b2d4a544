//! What the closure of `CachedDocument::update` may return.

use crate::answer::Result;

/// The text that a closure of [`CachedDocument::update`](crate::CachedDocument::update) makes: a
/// `String`, or a `Result` of one. Other crates cannot implement it.
///
/// ```
/// # let (server, client) = xcaplib::testing::example_of(r#"<list name="friends"/>"#)?;
/// let mut lists = client.open("resource-lists")?;
/// lists.update(|text| text.replace("friends", "family"))?;
/// let given_up = lists.update(|_| Err(xcaplib::Error::other("there is no list to rename")));
/// assert_eq!(given_up.unwrap_err().to_string(), "there is no list to rename");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait UpdatedText: sealed::Sealed {
    #[doc(hidden)]
    fn into_text(self) -> Result<String>;
}

impl UpdatedText for String {
    fn into_text(self) -> Result<String> {
        Ok(self)
    }
}

impl UpdatedText for Result<String> {
    fn into_text(self) -> Result<String> {
        self
    }
}

mod sealed {
    #[doc(hidden)]
    #[allow(unnameable_types, reason = "nobody else is to name it")]
    pub trait Sealed {}

    impl Sealed for String {}
    impl Sealed for crate::answer::Result<String> {}
}
