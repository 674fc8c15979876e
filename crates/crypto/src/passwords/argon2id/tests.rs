use argon2::{AssociatedData, ParamsBuilder, PasswordHasher as _};

use super::*;

#[test]
fn the_vector_of_rfc_9106_holds() {
    // Section 5.3.
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(AssociatedData::new(&[4; 12]).unwrap())
        .output_len(32)
        .build()
        .unwrap();
    let secret = [3; 8];
    let argon2 =
        Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, params).unwrap();
    // In an unpooled buffer, then in a pooled one that is new and used again.
    for length in [8, 32] {
        let buffers = BufferPool::new(length);
        for _ in 0..2 {
            let tag = derive(&argon2, &[1; 32], &[2; 16], &buffers).unwrap();
            assert_eq!(
                hex::encode(tag),
                "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
            );
        }
    }
}

#[test]
fn the_hash_is_the_string_that_the_argon2_crate_writes() {
    for (memory_kib, iterations, lanes) in [(8, 1, 1), (67, 2, 2), (19 * 1_024, 2, 1)] {
        let params = Params::new(memory_kib, iterations, lanes, None).unwrap();
        let buffers = BufferPool::new(params.block_count());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        for salt in [[7; SALT_LENGTH], [8; SALT_LENGTH]] {
            let hash = hash_with_salt(&params, b"horse", &salt, &buffers).unwrap();
            let expected = argon2.hash_password_with_salt(b"horse", &salt).unwrap();
            assert_eq!(hash.as_phc(), expected.to_string());
        }
    }
}
