use crate::model::RefundOutcome;
use crate::uses::Uses;

/// Outcomes of the refunds that the application is going to request, in the order in which they apply.
#[derive(Debug, Default)]
pub(crate) struct RefundPlan {
    waiting: Vec<PlannedOutcome>,
}

#[derive(Debug, Clone)]
pub(crate) struct PlannedOutcome {
    pub(crate) outcome: RefundOutcome,
    /// Number of refunds that it still applies to.
    pub(crate) remaining: Uses,
}

impl RefundPlan {
    pub(crate) fn add(&mut self, planned: PlannedOutcome) {
        self.waiting.push(planned);
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn waiting(&self) -> &[PlannedOutcome] {
        &self.waiting
    }

    /// Takes the outcome of the next refund; `None` if none is planned.
    pub(super) fn take(&mut self) -> Option<RefundOutcome> {
        let planned = self.waiting.first_mut()?;
        planned.remaining.take();
        let outcome = planned.outcome.clone();
        self.waiting.retain(|planned| planned.remaining.are_left());
        Some(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RefundStatus;

    fn planned(status: RefundStatus, times: Option<u32>) -> PlannedOutcome {
        PlannedOutcome {
            outcome: RefundOutcome {
                status,
                failure_reason: "declined".to_owned(),
            },
            remaining: Uses(times),
        }
    }

    #[test]
    fn outcomes_apply_as_often_as_planned_and_in_their_order() {
        let mut plan = RefundPlan::default();
        plan.add(planned(RefundStatus::Pending, Some(2)));
        plan.add(planned(RefundStatus::Failed, None));
        let taken: Vec<RefundStatus> = (0..5).map(|_| plan.take().unwrap().status).collect();
        let (pending, failed) = (RefundStatus::Pending, RefundStatus::Failed);
        assert_eq!(taken, [pending, pending, failed, failed, failed]);
        plan.clear();
        assert_eq!(plan.take(), None);
    }
}
