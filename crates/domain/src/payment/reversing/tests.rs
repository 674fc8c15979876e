mod disputes;
mod history;
mod refunds;

use super::*;
use crate::fixtures::{at, charge_id, order_id, refund_id, usd};
use crate::order::{OrderState, TokenEffect};
use crate::payment::{
    AlertKind, Dispute, DisputeState, PaidOrder, PaidToken, ProviderReference, Refund,
    RefundOrigin, RefundOutcome, RefundState, ReportedDispute, ReportedRefund,
};
use crate::policy::Inquiries;
use crate::token::TokenState;

/// Time at which tokens expire, in seconds.
const EXPIRY: i64 = 10_000;

fn pi(name: &str) -> ProviderReference {
    ProviderReference::new(name.to_owned())
}

fn order(number: u128, minor: i64, own: bool) -> PaidOrder {
    PaidOrder {
        id: order_id(number),
        state: OrderState::Fulfilled,
        total: usd(minor),
        own,
        token: Some(PaidToken {
            state: TokenState::Active,
            expires_at: at(EXPIRY),
        }),
        refunded: usd(0),
    }
}

/// A charge and its tokens, changed as a store changes them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stored {
    charge: PaidCharge,
    alerts: Vec<AlertKind>,
    inquiries: Inquiries,
    next_id: u128,
}

impl Stored {
    /// A paid charge for orders of these prices: the first is its own, the others were on the tab.
    fn paid(prices: &[i64]) -> Self {
        let orders: Vec<PaidOrder> = prices
            .iter()
            .zip(1..)
            .map(|(minor, number)| order(number, *minor, number == 1))
            .collect();
        Self {
            charge: PaidCharge {
                id: charge_id(1),
                payment: pi("pi_1"),
                total: usd(prices.iter().sum()),
                reported: usd(0),
                refunds: Vec::new(),
                disputes: Vec::new(),
                orders,
            },
            alerts: Vec::new(),
            inquiries: Inquiries::Ignore,
            next_id: 100,
        }
    }

    fn apply(&mut self, reversal: &Reversal, seconds: i64) -> Reversed {
        self.apply_to("pi_1", reversal, seconds)
    }

    fn apply_to(&mut self, payment: &str, reversal: &Reversal, seconds: i64) -> Reversed {
        let mut ids = RefundIds::starting_with(refund_id(self.next_id));
        self.next_id += 100;
        let report = ReversalReport {
            payment: &pi(payment),
            reversal,
            happened_at: at(seconds),
            now: at(seconds),
            inquiries: self.inquiries,
        };
        let reversed = reverse(&self.charge, report, &mut ids);
        for (index, (id, _)) in reversed.moves.iter().enumerate() {
            let later = &reversed.moves[index + 1..];
            assert!(later.iter().all(|(other, _)| other != id), "it moves once");
        }
        self.write(&reversed);
        reversed
    }

    fn write(&mut self, reversed: &Reversed) {
        let charge = &mut self.charge;
        charge.reported = reversed.reported;
        for refund in &reversed.refunds {
            charge.refunds.retain(|known| known.id != refund.id);
            charge.refunds.push(refund.clone());
        }
        charge.refunds.sort_by_key(|refund| refund.id);
        for dispute in &reversed.disputes {
            let same = |known: &Dispute| known.reference == dispute.reference;
            charge.disputes.retain(|known| !same(known));
            charge.disputes.push(dispute.clone());
        }
        for order in &mut charge.orders {
            for (_, step) in reversed.moves.iter().filter(|(id, _)| *id == order.id) {
                order.state = step.to;
                let token = order.token.as_mut().unwrap();
                match step.token {
                    TokenEffect::Revoke => token.state = TokenState::Revoked,
                    TokenEffect::Restore => token.state = TokenState::Active,
                    TokenEffect::None | TokenEffect::Issue => {}
                }
            }
            for change in &reversed.tokens {
                let token = order.token.as_mut().unwrap();
                if change.orders.contains(&order.id) && token.state == change.from {
                    token.state = change.to;
                }
            }
            if let Some((_, sum)) = reversed.refunded.iter().find(|(id, _)| *id == order.id) {
                order.refunded = *sum;
            }
        }
        let raised = reversed.alerts.iter().map(|alert| alert.kind);
        self.alerts.extend(raised);
    }

    /// The seller refunds an order.
    fn refund(&mut self, number: u128) {
        use crate::payment::{ChargeToRefund, GiveBack, OrderToRefund, PaymentRoute, give_back};

        let order = self.charge.orders[usize::try_from(number).unwrap() - 1];
        let to_refund = OrderToRefund {
            id: order.id,
            route: PaymentRoute::Checkout,
            total: order.total,
        };
        let id = refund_id(self.next_id);
        self.next_id += 100;
        let charge = ChargeToRefund::Paid(self.charge.clone());
        let GiveBack::ThroughProvider(refunds) = give_back(&to_refund, Some(charge), id) else {
            panic!("it was paid and is not disputed");
        };
        for refund in refunds {
            self.charge.refunds.retain(|known| known.id != refund.id);
            self.charge.refunds.push(refund);
        }
        let order = &mut self.charge.orders[usize::try_from(number).unwrap() - 1];
        order.state = OrderState::Refunded;
        order.token.as_mut().unwrap().state = TokenState::Revoked;
    }

    fn states(&self) -> Vec<OrderState> {
        self.charge.orders.iter().map(|order| order.state).collect()
    }

    fn tokens(&self) -> Vec<TokenState> {
        let tokens = self.charge.orders.iter().map(|order| order.token.unwrap());
        tokens.map(|token| token.state).collect()
    }

    /// Sums refunded of each order.
    fn refunded(&self) -> Vec<i64> {
        let orders = self.charge.orders.iter();
        orders.map(|order| order.refunded.minor()).collect()
    }

    /// Amounts of the refunds in a state.
    fn amounts(&self, state: RefundState) -> Vec<i64> {
        let refunds = self.charge.refunds.iter();
        let found = refunds.filter(|refund| refund.state == state && refund.amount.minor() > 0);
        found.map(|refund| refund.amount.minor()).collect()
    }

    fn owed(&self) -> Vec<i64> {
        self.amounts(RefundState::Owed)
    }
}

fn sum(minor: i64) -> Reversal {
    Reversal::Refunded(usd(minor))
}

/// A refund that an operator has made at the provider.
fn by_operator(name: &str, minor: i64, outcome: RefundOutcome) -> Reversal {
    Reversal::Refund(ReportedRefund {
        reference: pi(name),
        id: None,
        order_id: None,
        amount: usd(minor),
        outcome,
    })
}

/// The report of a refund of the marketplace's.
fn ours(refund: &Refund, name: &str, outcome: RefundOutcome) -> Reversal {
    Reversal::Refund(ReportedRefund {
        reference: pi(name),
        id: Some(refund.id),
        order_id: None,
        amount: refund.amount,
        outcome,
    })
}

fn dispute(name: &str, minor: i64, state: DisputeState) -> Reversal {
    Reversal::Dispute(ReportedDispute {
        reference: pi(name),
        amount: usd(minor),
        state,
        is_known: true,
    })
}
