use anyhow::{Context, Result};
use serde_json::json;
use udam_browser::{Browser, Device};

use super::furnished::{Furnished, Person};
use super::list::{Page, Viewer, Way};

/// A browser that is now one person's and now another's.
#[derive(Debug)]
pub(crate) struct Guest<'a> {
    pub(crate) browser: Browser,
    furnished: &'a Furnished,
    viewer: Viewer,
}

impl<'a> Guest<'a> {
    /// Nobody yet.
    pub(crate) async fn of(furnished: &'a Furnished) -> Result<Self> {
        Ok(Self {
            browser: furnished.shop.browser(Device::DESKTOP).await?,
            furnished,
            viewer: Viewer::Nobody,
        })
    }

    /// Opens a page as whom it is for, and makes sure that it is that one.
    pub(crate) async fn go_to(&mut self, page: &Page) -> Result<()> {
        self.browser.turn_into(Device::DESKTOP).await?;
        if self.viewer != page.viewer {
            become_somebody(&self.browser, self.furnished.person(page.viewer)).await?;
            self.viewer = page.viewer;
        }
        match &page.way {
            Way::At(path) => self.browser.open(path).await?,
            Way::Sent { from, to, fields } => {
                self.browser.open(from).await?;
                send(&self.browser, to, fields).await?;
            }
        }
        self.browser.sees(page.says).await
    }
}

/// Has the browser show somebody's session from now on.
pub(crate) async fn become_somebody(browser: &Browser, person: Option<&Person>) -> Result<()> {
    // Any page of the site will do.
    browser.open("/nowhere").await?;
    let (session, age) = person.map_or(("", 0), |person| (person.session.as_str(), 3600));
    let cookie = json!(format!("udam_session={session}; path=/; max-age={age}"));
    browser.run(&format!("document.cookie = {cookie}")).await?;
    Ok(())
}

/// Sends the form of the page that is open that goes there, filled in so, or else one that is made up:
/// a browser would not send some of the mistakes that a page has to answer.
pub(crate) async fn send(
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
    browser.run(&script).await.context("sending a form")?;
    Ok(())
}
