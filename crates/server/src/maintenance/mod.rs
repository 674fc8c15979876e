//! Commands for operators besides serving.

mod alerts;
mod audit;
mod completion;
mod factors;
mod holds;
mod ids;
mod key_generation;
mod key_rotation;
mod mail;
mod migration;
mod receipts;
mod roles;
mod verification;

pub use alerts::{AlertsError, list_alerts, resolve_alerts};
pub use audit::{AuditError, AuditFormat, Moment, MomentError, print_audit, print_audit_head};
pub use completion::Completion;
pub use factors::{RemoveFactorFailure, remove_factor};
pub use holds::{HoldsError, list_holds, release_holds};
pub use ids::{AnyId, AnyIdError, translate};
pub use key_generation::{generate, id_of_today};
pub use key_rotation::{Rotation, RotationError, move_all, rotate};
pub use mail::{MailCommandError, print_reset_link, send_test_mail};
pub use migration::{MigrationError, migrate};
pub use receipts::{ReceiptsError, verify_receipt_in};
pub use roles::{RolesError, change_role, list_roles};
pub use verification::{AuditCheck, Consistency, VerificationError, verify};
