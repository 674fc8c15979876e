//! Frames of a WebSocket (RFC 6455, section 5.2), as far as they have to be told apart.

use thiserror::Error;

/// What a service may not send in a WebSocket without extensions: in such a frame, a secret could not be recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the service sends WebSocket frames that are masked or compressed")]
pub(crate) struct HiddenFrame;

/// Where the frames of a stream end. A message of one frame is passed on as soon as it is whole: what follows it is another's.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    head: Vec<u8>,
    /// Bytes of the current frame that are still to come after its head.
    left: u64,
}

impl Frames {
    /// Takes the next bytes of the stream. Returns whether the last of them ends a frame.
    ///
    /// # Errors
    /// [`HiddenFrame`]
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Result<bool, HiddenFrame> {
        while let Some(first) = bytes.first() {
            if self.left > 0 {
                let available = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let taken = self.left.min(available);
                self.left -= taken;
                bytes = usize::try_from(taken)
                    .ok()
                    .and_then(|taken| bytes.get(taken..))
                    .unwrap_or_default();
                continue;
            }
            self.head.push(*first);
            bytes = bytes.get(1..).unwrap_or_default();
            if let Some(length) = self.length()? {
                self.left = length;
                self.head.clear();
            }
        }
        Ok(self.left == 0 && self.head.is_empty())
    }

    /// Length of the frame's payload, once its head is complete.
    fn length(&self) -> Result<Option<u64>, HiddenFrame> {
        const RESERVED: u8 = 0b0111_0000;
        const MASKED: u8 = 0b1000_0000;

        let [first, rest @ ..] = self.head.as_slice() else {
            return Ok(None);
        };
        let [second, extended @ ..] = rest else {
            return Ok(None);
        };
        if first & RESERVED != 0 || second & MASKED != 0 {
            return Err(HiddenFrame);
        }
        Ok(match second & !MASKED {
            126 => <[u8; 2]>::try_from(extended)
                .ok()
                .map(|length| u16::from_be_bytes(length).into()),
            127 => <[u8; 8]>::try_from(extended).ok().map(u64::from_be_bytes),
            short => Some(short.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(length: usize) -> Vec<u8> {
        let mut frame = vec![0x81];
        match length {
            0..126 => frame.push(u8::try_from(length).unwrap()),
            126..65_536 => {
                frame.push(126);
                frame.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(127);
                frame.extend(u64::try_from(length).unwrap().to_be_bytes());
            }
        }
        frame.extend(std::iter::repeat_n(0xff, length));
        frame
    }

    #[test]
    fn masked_and_compressed_frames_are_refused() {
        assert_eq!(Frames::default().push(&[0xc1, 1, b'x']), Err(HiddenFrame));
        assert_eq!(Frames::default().push(&[0x81, 0x81]), Err(HiddenFrame));
        assert_eq!(Frames::default().push(&[0x81]), Ok(false));
    }

    proptest! {
        #[test]
        fn a_frame_ends_where_its_length_says(
            lengths in prop::collection::vec(prop_oneof![0_usize..300, Just(65_536_usize), Just(65_535_usize)], 1..4),
            size in 1_usize..5_000,
        ) {
            let mut frames = Frames::default();
            let (mut ends, mut stream) = (Vec::new(), Vec::new());
            for length in lengths {
                stream.extend(frame(length));
                ends.push(stream.len());
            }
            let mut came = 0;
            for chunk in stream.chunks(size) {
                came += chunk.len();
                prop_assert_eq!(frames.push(chunk), Ok(ends.contains(&came)));
            }
        }
    }
}
