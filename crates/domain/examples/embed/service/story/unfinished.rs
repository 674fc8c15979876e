use udam_domain::marketplace::{CheckoutOutcome, Sweep};
use udam_domain::order::OrderState;

use super::super::Told;
use super::{Story, is};

impl Story {
    /// What crashes and lost webhooks leave is finished by sweeps.
    pub(super) async fn finish_what_is_unfinished(&mut self) -> Told {
        self.lose_a_webhook().await?;
        self.lose_the_provider().await?;
        self.pay_late().await
    }

    async fn lose_a_webhook(&mut self) -> Told {
        let (order, url) = self.check_out(3, "lost").await?;
        self.service.provider.pay(&url);
        let lost = self.service.provider.webhooks().len();
        self.is_now(&order, OrderState::AwaitingPayment).await?;
        let caught_up = self.service.sweep().await?.caught_up;
        is((lost, caught_up), (1, 1))?;
        self.is_now(&order, OrderState::Fulfilled).await?;
        self.say("3 units are paid, and the webhook is lost: the next sweep asks, and fulfils.");
        Ok(())
    }

    async fn lose_the_provider(&mut self) -> Told {
        self.service.provider.set_down(true);
        let bought = self.buy(4, "down").await?;
        is(matches!(bought.checkout, CheckoutOutcome::Failed(_)), true)?;
        self.service.provider.set_down(false);
        self.service.clock.pass_minutes(1);
        is(self.service.sweep().await?.sent, 1)?;
        let order = self
            .is_now(&bought.order, OrderState::AwaitingPayment)
            .await?;
        let url = order.payment_url.ok_or("no checkout is open")?;
        self.say(format!(
            "4 units while the provider is down: the next sweep opens {url}."
        ));
        self.service.orders.cancel(self.buyer, order.id).await?;
        is(self.service.sweep().await?.closed, 1)?;
        self.service.deliver().await
    }

    async fn pay_late(&mut self) -> Told {
        let before = self.available().await?;
        let (order, url) = self.check_out(6, "late").await?;
        self.service.clock.pass_minutes(31);
        let sweep = self.service.sweep().await?;
        let expected = Sweep {
            closed: 1,
            ..Sweep::default()
        };
        is(sweep, expected)?;
        self.is_now(&order, OrderState::Expired).await?;
        is(self.available().await?, before)?;
        self.say("6 units are not paid in time: they are on sale again.");
        self.service.provider.pay(&url);
        self.service.deliver().await?;
        let paid = self.is_now(&order, OrderState::Fulfilled).await?;
        let access = self.reveal(&paid).await?;
        self.say(format!(
            "  The payment comes late, and units are left: {access}."
        ));
        Ok(())
    }
}
