use anyhow::{Context, Result, ensure};
use serde_json::json;
use udam_browser::{Browser, Device};

use super::fixture::{Fixture, Person};
use super::inventory::{Navigation, Page, Viewer};

/// A browser that switches between accounts.
#[derive(Debug)]
pub(crate) struct Visitor<'a> {
    pub(crate) browser: Browser,
    fixture: &'a Fixture,
    viewer: Viewer,
}

impl<'a> Visitor<'a> {
    /// A browser that is not signed in.
    pub(crate) async fn new(fixture: &'a Fixture) -> Result<Self> {
        Ok(Self {
            browser: fixture.server.browser(Device::DESKTOP).await?,
            fixture,
            viewer: Viewer::Nobody,
        })
    }

    /// Opens a page as its viewer, and asserts its text.
    pub(crate) async fn go_to(&mut self, page: &Page) -> Result<()> {
        self.browser.set_device(Device::DESKTOP).await?;
        if self.viewer != page.viewer {
            sign_in_as(&self.browser, self.fixture.person(page.viewer)).await?;
            self.viewer = page.viewer;
        }
        match &page.navigation {
            Navigation::Open(path) => self.browser.open(path).await?,
            Navigation::Submit { from, to, fields } => {
                self.browser.open(from).await?;
                submit(&self.browser, to, fields).await?;
            }
        }
        self.browser.expect_text(page.text).await
    }
}

/// Sets the browser's session cookie, or removes it.
pub(crate) async fn sign_in_as(browser: &Browser, person: Option<&Person>) -> Result<()> {
    // Cookies can be set on any page of the site, even one that does not exist.
    browser.open("/nowhere").await?;
    let (session, age) = person.map_or(("", 0), |person| (person.session.as_str(), 3600));
    let cookie = json!(format!("udam_session={session}; path=/; max-age={age}"));
    let script = format!(
        "document.cookie = {cookie}; return document.cookie.includes('udam_session=' + {session})",
        session = json!(session),
    );
    // Reading it waits for it to be set, which the next page needs.
    let is_set = browser.run(&script).await? == (age > 0);
    ensure!(is_set, "the cookie of the session is not set");
    Ok(())
}

/// Submits the form with this action on the current page, or a new one if there is none, with these fields.
/// Bypasses the browser's validation, to see how the server responds to invalid values.
pub(crate) async fn submit(
    browser: &Browser,
    to: &str,
    fields: &[(&'static str, String)],
) -> Result<()> {
    let script = format!(
        "const to = new URL({to}, location).href;
         const csrf = document.querySelector('[name=csrf]')?.value ?? '';
         let form = [...document.forms].find(form => form.method === 'post' && form.action === to);
         let fields = {fields};
         if (!form) {{
           form = document.createElement('form');
           [form.method, form.action] = ['post', to];
           fields = [['csrf', csrf], ...fields];
           document.body.append(form);
         }}
         for (const [name, value] of fields) {{
           form.elements[name]?.remove();
           const field = document.createElement('textarea');
           [field.name, field.value] = [name, value];
           form.append(field);
         }}
         form.submit();",
        to = json!(to),
        fields = json!(fields),
    );
    browser.run(&script).await.context("submitting a form")?;
    Ok(())
}
