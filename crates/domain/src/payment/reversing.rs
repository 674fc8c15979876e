use super::alert::PaymentAlert;
use super::books::Books;
use super::paid_charge::PaidCharge;
use super::refund::RefundIds;
use super::reversal::{Reversal, ReversalReport, Reversed};

/// Decides what a reversal does to the charge and to its orders.
///
/// - A **refund** belongs to the order that it was made for. One that an operator has made at the provider is
///   attributed by its metadata, or by its amount if that fits one order alone; else it is for none, and an alert
///   is raised. An order is refunded once as much as it costs has gone back.
/// - A refund that has **failed** is owed again.
/// - A **dispute** suspends the tokens of the orders that it concerns while it is open; an inquiry does so only if
///   the operator says so. One in a state that is unknown suspends nothing, and raises an alert. A lost one refunds those
///   orders, but never more of them than was disputed. One that is lost no more restores them, unless a token has
///   expired: what cannot be restored is owed back.
/// - Reports arrive late, repeatedly and in any order, and lead to the same end. A cumulative sum below one
///   reported before is late.
/// - What was paid has fulfilled an order, has gone back, or is owed; and no more is owed than is left at the
///   provider. While a dispute is open, refunds are held.
///
/// A report in another currency than the charge changes nothing, and raises an alert.
#[must_use]
pub fn reverse(charge: &PaidCharge, report: ReversalReport<'_>, ids: &mut RefundIds) -> Reversed {
    let mut books = Books::new(charge, report, ids);
    let amount = report.reversal.amount();
    if amount.currency() != charge.total.currency() {
        let alert = PaymentAlert::currency_mismatch(charge.id, amount, charge.total);
        books.alert(alert);
        return books.close();
    }
    let is_own = charge.payment == *report.payment;
    match report.reversal {
        Reversal::Refunded(sum) if is_own => books.report_sum(*sum),
        Reversal::Refund(refund) if is_own || books.has(refund) => books.report_refund(refund),
        Reversal::Dispute(dispute) if is_own => books.report_dispute(dispute),
        // All of another payment goes back, whoever has made the refund.
        Reversal::Refunded(_) | Reversal::Refund(_) => {}
        Reversal::Dispute(dispute) => books.alert(PaymentAlert::unattributed_dispute(
            charge.id,
            &dispute.reference,
            dispute.amount,
            &[],
        )),
    }
    books.balance();
    books.close()
}

#[cfg(test)]
mod tests;
