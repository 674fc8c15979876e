use super::{DeviceDigest, LogInPlace, Network, Origin};

/// A client that gives a password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// Origin of its request.
    pub origin: Origin,
    /// Digest of the secret that it keeps; `None` if it has none.
    pub device: Option<DeviceDigest>,
}

impl Client {
    /// The places that it can be recognized by, the surest first.
    #[must_use]
    pub fn places(&self) -> Vec<LogInPlace> {
        let device = self.device.map(LogInPlace::Device);
        let network = self
            .origin
            .address
            .map(Network::of)
            .map(LogInPlace::Network);
        device.into_iter().chain(network).collect()
    }
}

impl From<Origin> for Client {
    /// A client that keeps no secret.
    fn from(origin: Origin) -> Self {
        Self {
            origin,
            device: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::account::AttemptSource;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(device: Option<u8>, address: Option<&str>) -> Client {
        Client {
            origin: Origin {
                address: address.map(|address| address.parse().unwrap()),
                device: None,
            },
            device: device.map(|byte| DeviceDigest::new([byte; 32])),
        }
    }

    #[test]
    fn a_client_is_recognized_by_its_device_before_its_network() {
        let device = LogInPlace::Device(DeviceDigest::new([1; 32]));
        let network = LogInPlace::Network(Network::of(address("192.0.2.7")));
        let places = client(Some(1), Some("::ffff:192.0.2.7")).places();
        assert_eq!(places, [device, network]);
        for (known, source) in [
            (&[network, device][..], AttemptSource::Place(device)),
            (&[network], AttemptSource::Place(network)),
            (&[], AttemptSource::Strangers),
        ] {
            assert_eq!(AttemptSource::of_client(&places, known), source);
        }
        let elsewhere = client(Some(2), Some("192.0.2.8")).places();
        assert_eq!(
            AttemptSource::of_client(&elsewhere, &[device, network]),
            AttemptSource::Strangers
        );
        assert!(client(None, None).places().is_empty());
    }
}
