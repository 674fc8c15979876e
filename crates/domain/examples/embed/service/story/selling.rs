use udam_domain::order::OrderState;

use super::super::Told;
use super::{Story, is};

impl Story {
    /// Small orders are fulfilled at once and paid later.
    pub(super) async fn sell(&mut self) -> Told {
        let small = self.buy(2, "monday").await?;
        is(small.order.state, OrderState::Fulfilled)?;
        let total = small.order.total;
        self.say(format!("2 units for {total}: fulfilled at once."));
        let access = self.reveal(&small.order).await?;
        is(access.as_str(), "it reveals sk_live_weather")?;
        self.say(format!("  The order has a token: {access}."));
        let tab = self.tab().await?;
        self.say(format!("  The tab stands at {tab}."));

        // The response was lost, and the client repeats the request under the same key.
        let again = self.buy(2, "monday").await?;
        is((again.replayed, again.order.id), (true, small.order.id))?;
        is(self.tab().await?.as_str(), "4.00")?;
        self.say("The same again: the same order, and nothing more on the tab.");

        let other = self.buy(1, "tuesday").await?.order;
        let token = other.token_id.ok_or("a small order has its token")?;
        self.service.tokens.revoke(self.seller, token).await?;
        let access = self.reveal(&other).await?;
        is(access.as_str(), "the token was revoked")?;
        self.say(format!(
            "1 unit more, and its seller revokes the token: {access}."
        ));
        Ok(())
    }
}
