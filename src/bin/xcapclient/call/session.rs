//! The client of an account. It asks for a password when it needs one.

use xcaplib::{Error, Response, XCAPClient};

use crate::args::{Account, Failure, Ini, Options};

use super::{terminal, trust};

/// A client for an account.
pub(crate) struct Session<'a> {
    options: &'a Options,
    account: Account,
    client: XCAPClient,
}

impl<'a> Session<'a> {
    pub(crate) fn new(options: &'a Options, ini: &Ini) -> Result<Self, Failure> {
        let account = Account::find(options, ini)?;
        let client = client(options, &account)?;
        Ok(Self { options, account, client })
    }

    pub(crate) fn client(&self) -> &XCAPClient {
        &self.client
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// The user whose documents the call is about.
    pub(crate) fn user(&self) -> &str {
        user(self.options, &self.account)
    }

    /// Makes a call. After a 401 without a password it asks for one and makes the call again.
    pub(crate) fn call<T>(
        &mut self,
        call: impl Fn(&XCAPClient) -> Result<T, Error>,
    ) -> Result<Result<T, Error>, Failure> {
        match call(&self.client) {
            Err(error) if error.is_unauthorized() && self.ask_password()? => Ok(call(&self.client)),
            result => Ok(result),
        }
    }

    /// Like [`call`](Self::call), for a call that returns answers of any status.
    pub(crate) fn send(
        &mut self,
        send: impl Fn(&XCAPClient) -> Result<Response, Error>,
    ) -> Result<Result<Response, Error>, Failure> {
        match send(&self.client) {
            Ok(answer) if answer.status() == 401 && self.ask_password()? => Ok(send(&self.client)),
            result => Ok(result),
        }
    }

    /// Asks for a password unless one is known. Returns whether there is a new one.
    fn ask_password(&mut self) -> Result<bool, Failure> {
        if self.account.password.is_some() {
            return Ok(false);
        }
        let prompt = format!("password of {}: ", self.account.sip_address.escape_debug());
        self.account.password =
            terminal::ask_password(&prompt)?.filter(|password| !password.is_empty());
        if self.account.password.is_none() {
            return Ok(false);
        }
        self.client = client(self.options, &self.account)?;
        Ok(true)
    }
}

fn user<'a>(options: &'a Options, account: &'a Account) -> &'a str {
    options.user.as_ref().unwrap_or(&account.sip_address)
}

fn client(options: &Options, account: &Account) -> Result<XCAPClient, Failure> {
    let reach = &options.reach;
    let mut builder = XCAPClient::builder(&account.xcap_root, user(options, account))
        .validate(!options.no_validate)
        .auth_username(account.user_name())
        .allow_basic_over_http(reach.allow_basic);
    if let Some(password) = &account.password {
        builder = builder.password(password);
    }
    if let Some(timeout) = account.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(url) = &account.proxy {
        builder = builder.proxy(Some(url.as_str()).filter(|url| !url.is_empty()));
    }
    for (host, address) in &reach.resolve {
        builder = builder.resolve(host, *address);
    }
    for header in &account.headers.lasting {
        builder = builder.header(&header.name, &header.value);
    }
    let builder = trust::of_client(builder, account, reach.insecure)?;
    builder.build().map_err(|error| trust::refused(error, &account.trust))
}
