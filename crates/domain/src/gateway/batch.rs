use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{
    AccessKeyDigest, Balance, DrawCall, DrawRefused, Drawn, KeySnapshot, OpenCall, Settlement,
    TokenSnapshot, draw,
};
use crate::id::{AccessKeyId, AccountId, TokenId};
use crate::time::Timestamp;

/// Calls that begin and end, decided one after another over snapshots read once, as if each had read its own.
///
/// A store locks the balances of the tokens that the calls of one transaction draw on, or give units back to, loads the
/// snapshots, feeds them in order of arrival, and writes [`changed`](Self::changed) with the calls.
#[derive(Debug, Default)]
pub struct CallBatch {
    tokens: HashMap<TokenId, TokenSnapshot>,
    keys: HashMap<AccessKeyId, KeySnapshot>,
    digests: HashMap<AccessKeyDigest, AccessKeyId>,
    changed_tokens: BTreeSet<TokenId>,
    changed_keys: BTreeSet<AccessKeyId>,
    ran_low: BTreeSet<TokenId>,
}

/// Rows to be written after a batch, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changed {
    /// Tokens, with their balances and [`free_at`](TokenSnapshot::free_at).
    pub tokens: Vec<(TokenId, Balance, Option<Timestamp>)>,
    /// Keys with a limit, with the units that they have taken.
    pub keys: Vec<(AccessKeyId, u32)>,
    /// Tokens of which [few](Balance::is_low) units are left since a call of the batch, with their buyers.
    pub ran_low: Vec<(TokenId, AccountId)>,
}

impl CallBatch {
    /// A batch over what was read under lock.
    #[must_use]
    pub fn new(
        tokens: impl IntoIterator<Item = TokenSnapshot>,
        keys: impl IntoIterator<Item = KeySnapshot>,
    ) -> Self {
        let keys: HashMap<_, _> = keys.into_iter().map(|key| (key.id, key)).collect();
        Self {
            tokens: tokens.into_iter().map(|token| (token.id, token)).collect(),
            digests: keys.values().map(|key| (key.digest, key.id)).collect(),
            keys,
            changed_tokens: BTreeSet::new(),
            changed_keys: BTreeSet::new(),
            ran_low: BTreeSet::new(),
        }
    }

    /// Decides the next call as [`draw()`] does, and takes its units into account for those that follow.
    ///
    /// # Errors
    /// [`DrawRefused`]
    pub fn draw(&mut self, request: &DrawCall) -> Result<Drawn, DrawRefused> {
        let id = self.digests.get(&request.key);
        let key = id.and_then(|id| self.keys.get_mut(id));
        let key = key.ok_or(DrawRefused::InvalidKey)?;
        let token = self.tokens.get_mut(&key.token_id);
        let token = token.ok_or(DrawRefused::InvalidKey)?;
        let drawn = draw(token, key, request)?;
        if drawn.balance.is_low() && !token.balance.is_low() {
            self.ran_low.insert(token.id);
        }
        token.balance = drawn.balance;
        token.free_at = drawn.free_at;
        self.changed_tokens.insert(token.id);
        if key.max_units.is_some() {
            key.taken = drawn.of_key;
            self.changed_keys.insert(key.id);
        }
        Ok(Drawn {
            call_id: request.call_id,
            token_id: token.id,
            key_id: key.id,
            listing_id: token.listing_id,
            buyer_id: token.buyer_id,
            seller_id: token.seller_id,
            terms: Arc::clone(&token.terms),
            taken: drawn.units,
            left: drawn.balance.left(),
            limit: drawn.limit,
            method: request.method,
            path: request.path.clone(),
            began_at: request.at,
            deadline: request.deadline,
        })
    }

    /// Ends an open call: gives the units that it had taken and did not cost back to the token and the key. Returns whether
    /// they had been taken; nothing has changed otherwise. A call that gives nothing back needs no snapshot.
    #[must_use]
    pub fn settle(&mut self, call: &OpenCall, settlement: Settlement) -> bool {
        let Some(returned) = call.taken.get().checked_sub(settlement.units) else {
            return false;
        };
        if returned == 0 {
            return true;
        }
        let Some(token) = self.tokens.get_mut(&call.token_id) else {
            return false;
        };
        let Some(balance) = token.balance.give_back(returned) else {
            return false;
        };
        token.balance = balance;
        self.changed_tokens.insert(token.id);
        let key = self.keys.get_mut(&call.key_id);
        if let Some(key) = key.filter(|key| key.max_units.is_some()) {
            key.taken = key.taken.saturating_sub(returned);
            self.changed_keys.insert(key.id);
        }
        true
    }

    /// A token of the batch, as it is after the calls so far.
    #[must_use]
    pub fn token(&self, id: TokenId) -> Option<&TokenSnapshot> {
        self.tokens.get(&id)
    }

    /// What the calls have changed.
    #[must_use]
    pub fn changed(&self) -> Changed {
        let tokens = self.changed_tokens.iter();
        let tokens = tokens.filter_map(|id| self.tokens.get(id));
        let keys = self.changed_keys.iter();
        let keys = keys.filter_map(|id| self.keys.get(id));
        let low = self.ran_low.iter();
        let low = low.filter_map(|id| self.tokens.get(id));
        Changed {
            ran_low: low.map(|token| (token.id, token.buyer_id)).collect(),
            tokens: tokens
                .map(|token| (token.id, token.balance, token.free_at))
                .collect(),
            keys: keys.map(|key| (key.id, key.taken)).collect(),
        }
    }
}

#[cfg(test)]
mod properties;
