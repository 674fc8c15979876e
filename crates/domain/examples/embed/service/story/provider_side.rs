use udam_domain::order::OrderState;
use udam_domain::payment::DisputeState;

use super::super::{Told, dollars};
use super::{Story, is};

impl Story {
    /// Operators refund at the provider, and banks dispute.
    pub(super) async fn hear_from_the_provider(&mut self) -> Told {
        let (order, url) = self.buy_and_pay(4, "partial").await?;
        for amount in ["2.00", "3.00"] {
            self.service.provider.refund_at(&url, dollars(amount)?);
            self.service.deliver().await?;
            let refunded = self.is_now(&order, OrderState::Fulfilled).await?.refunded;
            self.say(format!(
                "An operator gives {amount} back: {refunded} of {}.",
                order.total
            ));
        }
        self.service.provider.refund_at(&url, dollars("3.00")?);
        self.service.deliver().await?;
        let refunded = self.is_now(&order, OrderState::Refunded).await?.refunded;
        is(refunded, order.total)?;
        let access = self.reveal(&order).await?;
        self.say(format!("  The last 3.00 make {refunded}: {access}."));

        let (order, url) = self.buy_and_pay(3, "disputed").await?;
        self.service.provider.dispute(&url, DisputeState::Open);
        self.service.deliver().await?;
        let access = self.reveal(&order).await?;
        self.say(format!("A bank disputes 3 units: {access}."));
        self.service.provider.dispute(&url, DisputeState::Won);
        self.service.deliver().await?;
        let access = self.reveal(&order).await?;
        self.say(format!("  The dispute is won: {access}."));

        let (order, url) = self.buy_and_pay(3, "lost dispute").await?;
        self.service.provider.dispute(&url, DisputeState::Open);
        self.service.provider.dispute(&url, DisputeState::Lost);
        self.service.deliver().await?;
        self.is_now(&order, OrderState::Refunded).await?;
        let access = self.reveal(&order).await?;
        self.say(format!(
            "Another is lost: {access}, and the order is refunded."
        ));
        Ok(())
    }
}
