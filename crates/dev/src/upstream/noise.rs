/// A number that always is the same for the same parts, and looks random (FNV-1a, 32 bits).
pub(super) fn noise(parts: &[&str]) -> u32 {
    const OFFSET: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;

    let separated = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    separated.fold(OFFSET, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(PRIME)
    })
}

/// A share from 0 to 1 that always is the same for the same parts.
pub(super) fn share(parts: &[&str]) -> f64 {
    f64::from(noise(parts) % 1_000) / 999.0
}

/// Rounds to so many decimal places.
pub(super) fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}
