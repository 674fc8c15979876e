//! What becomes of an order whose token is revoked.

use super::{Move, OrderEvent, OrderState, ReturnedUnits, Transition, transition};
use crate::token::{RevokeToken, Token, TokenStatus};

/// Decides how an order in `state` moves whose `token` is revoked; `None` if it stays as it is.
///
/// A seller who revokes a token whose key was never revealed has taken the money for nothing: the order is
/// refunded, and its units stay sold. Once the key was revealed the seller may have given all that was paid for,
/// and refunds only by a decision of its own, see [`refund`](super::refund). Who revokes an own token gives it
/// up, and one that has expired could be used until then.
#[must_use]
pub fn refund_by_revoking(token: &Token, state: OrderState, request: &RevokeToken) -> Option<Move> {
    let by_seller_alone =
        request.by.account_id == token.seller_id && request.by.account_id != token.buyer_id;
    let ends_access = match token.status(request.at) {
        TokenStatus::Active | TokenStatus::Suspended => true,
        TokenStatus::Revoked | TokenStatus::Expired => false,
    };
    if !by_seller_alone || !ends_access || token.revealed_at.is_some() {
        return None;
    }
    match transition(state, OrderEvent::Refunded(ReturnedUnits::StaySold)) {
        Transition::Move(step) => Some(step),
        Transition::Unchanged | Transition::Refused => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::Actor;
    use crate::fixtures::{account_id, at, listing_id, order_id, token_id, units};
    use crate::listing::ServiceChanges;
    use crate::order::{MoneyEffect, StockEffect, TokenEffect};
    use crate::token::TokenState;

    const BUYER: u128 = 1;
    const SELLER: u128 = 2;

    fn token(state: TokenState, revealed: bool) -> Token {
        Token {
            id: token_id(1),
            order_id: order_id(1),
            listing_id: listing_id(1),
            buyer_id: account_id(BUYER),
            seller_id: account_id(SELLER),
            service_name: "Weather".parse().unwrap(),
            units: units(1),
            state,
            expires_at: at(100),
            created_at: at(0),
            revealed_at: revealed.then(|| at(10)),
            service_changes: ServiceChanges::default(),
            gateway: None,
        }
    }

    fn by(account: u128, seconds: i64) -> RevokeToken {
        RevokeToken {
            token_id: token_id(1),
            by: Actor::from(account_id(account)),
            at: at(seconds),
            refund_id: crate::fixtures::refund_id(1),
        }
    }

    #[test]
    fn a_seller_who_revokes_what_was_never_revealed_gives_the_money_back() {
        let refunded = Move {
            to: OrderState::Refunded,
            stock: StockEffect::None,
            token: TokenEffect::Revoke,
            money: MoneyEffect::GiveBack,
        };
        for state in [TokenState::Active, TokenState::Suspended] {
            let token = token(state, false);
            let step = refund_by_revoking(&token, OrderState::Fulfilled, &by(SELLER, 20));
            assert_eq!(step, Some(refunded));
        }
    }

    #[test]
    fn who_buys_from_oneself_gives_nothing_back() {
        let own = Token {
            seller_id: account_id(BUYER),
            ..token(TokenState::Active, false)
        };
        let step = refund_by_revoking(&own, OrderState::Fulfilled, &by(BUYER, 20));
        assert_eq!(step, None);
    }

    proptest! {
        #[test]
        fn only_what_a_seller_takes_away_unrevealed_is_refunded(
            state in prop::sample::select(OrderState::ALL),
            token_state in prop::sample::select(vec![
                TokenState::Active, TokenState::Suspended, TokenState::Revoked,
            ]),
            account in BUYER..4,
            revealed: bool,
            now in 0..200_i64,
        ) {
            let request = by(account, now);
            let step = refund_by_revoking(&token(token_state, revealed), state, &request);
            let taken_away = account == SELLER
                && !revealed
                && now < 100
                && token_state != TokenState::Revoked
                && state == OrderState::Fulfilled;
            prop_assert_eq!(step.is_some(), taken_away);
            if let Some(step) = step {
                prop_assert_eq!((step.to, step.money), (OrderState::Refunded, MoneyEffect::GiveBack));
            }
        }
    }
}
