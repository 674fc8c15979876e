//! Somebody who looks at every page once, through every device, and notes what is wrong.

use anyhow::{Result, ensure};
use tokio::sync::OnceCell;
use tokio::try_join;
use udam_browser::axe::{self, Impact};
use udam_browser::{Device, Shop};

use super::furnished::{Furnished, furnished};
use super::guest::Guest;
use super::list::{Page, pages};

/// What pages are looked at with. Of the first three a picture is taken.
const DEVICES: [(&str, Device); 4] = [
    ("light-1280", Device::DESKTOP),
    ("light-360", Device::PHONE),
    ("dark-1280", Device::DESKTOP.dark()),
    ("dark-360", Device::PHONE.dark()),
];

const PICTURES: usize = 3;

/// What there is to say of a page.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) name: &'static str,
    /// Why there is nothing else to say.
    pub(crate) trouble: Option<String>,
    /// The HTML as it was sent.
    pub(crate) source: String,
    /// What the browser has complained of.
    pub(crate) complaints: Vec<String>,
    /// What some cannot use, each with the device.
    pub(crate) barriers: Vec<String>,
    /// Which controls the keyboard does not come to, or does not show that it has.
    pub(crate) neglected: Vec<String>,
    /// What sticks out, each with the device.
    pub(crate) overflows: Vec<String>,
}

/// What was seen of all pages.
pub(crate) async fn tour() -> Result<&'static [Seen]> {
    static TOUR: OnceCell<Vec<Seen>> = OnceCell::const_new();
    Ok(TOUR.get_or_try_init(look_at_all).await?)
}

async fn look_at_all() -> Result<Vec<Seen>> {
    let (furnished, quiet) = try_join!(furnished(), Shop::open())?;
    let pages = pages(furnished, quiet.base());
    let (some, others) = pages.split_at(pages.len() / 2);
    let (mut seen, rest) = try_join!(walk(furnished, some), walk(furnished, others))?;
    seen.extend(rest);
    Ok(seen)
}

async fn walk(furnished: &Furnished, pages: &[Page]) -> Result<Vec<Seen>> {
    let mut guest = Guest::of(furnished).await?;
    let mut seen = Vec::new();
    for page in pages {
        let mut notes = Seen {
            name: page.name,
            ..Seen::default()
        };
        if let Err(error) = look(&mut guest, page, &mut notes).await {
            notes.trouble = Some(format!("{}: {error:#}", page.name));
        }
        seen.push(notes);
    }
    Ok(seen)
}

/// Looks at one page. That another one is there instead keeps nobody from the rest of them.
async fn look(guest: &mut Guest<'_>, page: &Page, seen: &mut Seen) -> Result<()> {
    guest.go_to(page).await?;
    let browser = &mut guest.browser;
    let status = browser.status().await?;
    ensure!(status == page.status, "it came as {status}");
    seen.source = browser.source().await?;
    for (number, (name, device)) in DEVICES.into_iter().enumerate() {
        browser.turn_into(device).await?;
        let place = format!("{}, {name}", page.name);
        if let Some(overflow) = browser.overflows().await? {
            seen.overflows.push(format!("{place}: {overflow}"));
        }
        let violations = axe::violations(browser).await?;
        let grave = violations.iter().filter(|it| it.impact >= Impact::Serious);
        seen.barriers
            .extend(grave.map(|it| format!("{place}: {it}")));
        if number < PICTURES {
            browser.screenshot(&format!("{}-{name}", page.name)).await?;
        }
    }
    let neglected = browser.neglected().await?;
    let neglected = neglected.iter().map(|it| format!("{}: {it}", page.name));
    seen.neglected.extend(neglected);
    let complaints = browser.console_errors().await?;
    let complaints = complaints.iter().map(|it| format!("{}: {it}", page.name));
    seen.complaints.extend(complaints);
    Ok(())
}
