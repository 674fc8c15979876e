//! What the storefront shares with the API: allowances.

use std::net::IpAddr;

use actix_web::{HttpRequest, web};
use udam_domain::account::Email;
use udam_domain::id::AccountId;
use udam_storefront::{Premises, Stage, Wait};

use super::caller::caller;
use super::rate_limit::{Pace, TooSoon};
use super::{Api, LoginMode, call};

/// The API, as the storefront next to it sees it.
pub struct ApiPremises(web::Data<Api>);

impl ApiPremises {
    /// What is shared with this API.
    #[must_use]
    pub const fn new(api: web::Data<Api>) -> Self {
        Self(api)
    }
}

impl Premises for ApiPremises {
    fn admit(
        &self,
        pace: udam_storefront::Pace,
        request: &HttpRequest,
    ) -> Result<Option<IpAddr>, Wait> {
        let pace = match pace {
            udam_storefront::Pace::Credentials => Pace::Credentials,
            udam_storefront::Pace::General => Pace::General,
        };
        let caller = caller(request, &self.0.settings.trusted_proxies);
        self.0.limits.admit(pace, caller).map_err(wait)?;
        Ok(caller)
    }

    fn admit_attempt(&self, email: &Email) -> Result<(), Wait> {
        self.0.limits.admit_attempt(email).map_err(wait)
    }

    fn acts_for(&self, request: &HttpRequest, account: AccountId) {
        call::acts_for(request, account);
    }
}

impl From<LoginMode> for Stage {
    fn from(login: LoginMode) -> Self {
        match login {
            LoginMode::WithPassword => Self::Production,
            LoginMode::EmailAloneSuffices => Self::Development,
        }
    }
}

fn wait(TooSoon(seconds): TooSoon) -> Wait {
    Wait { seconds }
}

#[cfg(test)]
mod tests {
    use actix_web::HttpMessage;
    use actix_web::test::TestRequest;

    use super::*;
    use crate::api::call::ActingAccount;
    use crate::api::testing::{TestApi, ada};

    #[test]
    fn a_caller_has_one_allowance_at_all_doors() {
        let mut api = TestApi::new();
        api.settings.rate_limit = true;
        api.settings.trusted_proxies = vec!["192.0.2.1/32".parse().unwrap()];
        let api = api.into_data();
        let premises = ApiPremises::new(api.clone());
        let request = TestRequest::post()
            .peer_addr("192.0.2.1:4711".parse().unwrap())
            .insert_header(("x-forwarded-for", "198.51.100.7"))
            .to_http_request();
        let caller = "198.51.100.7".parse().ok();
        let come = || premises.admit(udam_storefront::Pace::Credentials, &request);
        assert_eq!(come(), Ok(caller));
        while api.limits.admit(Pace::Credentials, caller).is_ok() {}
        assert!(come().is_err());
    }

    #[test]
    fn whose_doing_a_request_is_gets_noted_as_for_the_api() {
        let premises = ApiPremises::new(TestApi::new().into_data());
        let request = TestRequest::get().to_http_request();
        premises.acts_for(&request, ada().id);
        let noted = request.extensions().get::<ActingAccount>().copied();
        assert_eq!(noted.map(|ActingAccount(id)| id), Some(ada().id));
    }
}
