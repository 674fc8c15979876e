use udam_domain::order::OrderState;

use super::super::Told;
use super::{Story, is};

impl Story {
    /// Larger orders are paid first, and carry the tab.
    pub(super) async fn pay(&mut self) -> Told {
        let (large, url) = self.check_out(8, "wednesday").await?;
        is(large.state, OrderState::AwaitingPayment)?;
        let lapses_at = large.lapses_at.ok_or("it is held for a while")?;
        self.say(format!(
            "8 units for {}: held until {lapses_at}.",
            large.total
        ));
        self.say(format!(
            "  They are paid at {url}, with the tab of {}.",
            self.tab().await?
        ));
        self.service.provider.pay(&url);
        self.service.deliver().await?;
        let paid = self.is_now(&large, OrderState::Fulfilled).await?;
        is(self.tab().await?.as_str(), "0.00")?;
        let access = self.reveal(&paid).await?;
        self.say(format!("  Paid: {access}, and the tab is cleared."));

        let canceled = self.check_out(5, "thursday").await?.0;
        self.service.orders.cancel(self.buyer, canceled.id).await?;
        self.is_now(&canceled, OrderState::Canceled).await?;
        let closed = self.service.sweep().await?.closed;
        self.say(format!("5 units, canceled: a sweep ends {closed} session."));

        self.buy(2, "friday").await?;
        self.buy(2, "saturday").await?;
        let session = self.service.orders.check_out_tab(self.buyer).await?;
        self.say(format!(
            "2 and 2 units on the tab: {} in all.",
            self.tab().await?
        ));
        self.service.provider.pay(&session.url);
        self.service.deliver().await?;
        self.say(format!(
            "  The tab is settled, and stands at {}.",
            self.tab().await?
        ));
        Ok(())
    }
}
