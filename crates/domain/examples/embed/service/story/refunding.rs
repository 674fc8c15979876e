use udam_domain::order::{OrderState, ReturnedUnits};

use super::super::{Told, dollars};
use super::{Story, is};

impl Story {
    /// The seller refunds, on the tab and through the provider.
    pub(super) async fn refund(&mut self) -> Told {
        let small = self.buy(1, "small").await?.order;
        let orders = &self.service.orders;
        let units = ReturnedUnits::ForSale;
        orders.refund(self.seller, small.id, units).await?;
        let tab = self.tab().await?;
        self.say(format!(
            "1 unit on the tab, refunded: the tab stands at {tab}."
        ));

        let (paid, _) = self.buy_and_pay(7, "paid").await?;
        let orders = &self.service.orders;
        let units = ReturnedUnits::StaySold;
        orders.refund(self.seller, paid.id, units).await?;
        let access = self.reveal(&paid).await?;
        is(self.service.sweep().await?.refunded, 1)?;
        self.service.deliver().await?;
        let refunded = self.is_now(&paid, OrderState::Refunded).await?.refunded;
        self.say(format!(
            "7 units, paid and refunded: {access}, and a sweep gives {refunded} back."
        ));

        let (paid, url) = self.buy_and_pay(5, "shared").await?;
        self.service.provider.refund_at(&url, dollars("4.00")?);
        self.service.deliver().await?;
        let orders = &self.service.orders;
        orders.refund(self.seller, paid.id, units).await?;
        is(self.service.sweep().await?.refunded, 1)?;
        self.service.deliver().await?;
        let refunded = self.is_now(&paid, OrderState::Refunded).await?.refunded;
        is(refunded, paid.total)?;
        self.say(format!(
            "5 units, of which 4.00 were given back at the provider: the seller's refund gives the rest \
             of {refunded}."
        ));
        Ok(())
    }
}
