//! Published vectors of AES-256-GCM, in hexadecimal.

/// One encryption with its result, each in hexadecimal.
pub(super) struct Vector {
    pub(super) name: &'static str,
    pub(super) key: &'static str,
    pub(super) nonce: &'static str,
    pub(super) associated_data: &'static str,
    pub(super) plaintext: &'static str,
    pub(super) ciphertext: &'static str,
    pub(super) tag: &'static str,
}

/// Test cases 13 to 16 of the GCM specification submitted to NIST ("The Galois/Counter Mode of
/// Operation", appendix B): those with a 256-bit key and a 96-bit nonce.
pub(super) const GCM_SPECIFICATION: &[Vector] = &[
    Vector {
        name: "test case 13",
        key: "0000000000000000000000000000000000000000000000000000000000000000",
        nonce: "000000000000000000000000",
        associated_data: "",
        plaintext: "",
        ciphertext: "",
        tag: "530f8afbc74536b9a963b4f1c4cb738b",
    },
    Vector {
        name: "test case 14",
        key: "0000000000000000000000000000000000000000000000000000000000000000",
        nonce: "000000000000000000000000",
        associated_data: "",
        plaintext: "00000000000000000000000000000000",
        ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
        tag: "d0d1c8a799996bf0265b98b5d48ab919",
    },
    Vector {
        name: "test case 15",
        key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        nonce: "cafebabefacedbaddecaf888",
        associated_data: "",
        plaintext: concat!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
        ),
        ciphertext: concat!(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa",
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
        ),
        tag: "b094dac5d93471bdec1a502270e3cc6c",
    },
    Vector {
        name: "test case 16",
        key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        nonce: "cafebabefacedbaddecaf888",
        associated_data: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        plaintext: concat!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        ),
        ciphertext: concat!(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa",
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        ),
        tag: "76fc6ece0f4e1768cddf8853bb2d551b",
    },
];

/// A selection of Project Wycheproof's `aes_gcm_test.json` with 256-bit keys, 96-bit nonces and
/// 128-bit tags, by `tcId`.
pub(super) const WYCHEPROOF: &[Vector] = &[
    Vector {
        name: "tcId 91",
        key: "92ace3e348cd821092cd921aa3546374299ab46209691bc28b8752d17f123c20",
        nonce: "00112233445566778899aabb",
        associated_data: "00000000ffffffff",
        plaintext: "00010203040506070809",
        ciphertext: "e27abdd2d2a53d2f136b",
        tag: "9a4a2579529301bcfb71c78d4060f52c",
    },
    Vector {
        name: "tcId 92",
        key: "29d3a44f8723dc640239100c365423a312934ac80239212ac3df3421a2098123",
        nonce: "00112233445566778899aabb",
        associated_data: "aabbccddeeff",
        plaintext: "",
        ciphertext: "",
        tag: "2a7d77fa526b8250cb296078926b5020",
    },
    Vector {
        name: "tcId 93",
        key: "80ba3192c803ce965ea371d5ff073cf0f43b6a2ab576b208426e11409c09b9b0",
        nonce: "4da5bf8dfd5852c1ea12379d",
        associated_data: "",
        plaintext: "",
        ciphertext: "",
        tag: "4771a7c404a472966cea8f73c8bfe17a",
    },
    Vector {
        name: "tcId 94",
        key: "cc56b680552eb75008f5484b4cb803fa5063ebd6eab91f6ab6aef4916a766273",
        nonce: "99e23ec48985bccdeeab60f1",
        associated_data: "",
        plaintext: "2a",
        ciphertext: "06",
        tag: "633c1e9703ef744ffffb40edf9d14355",
    },
    Vector {
        name: "tcId 98",
        key: "3b2458d8176e1621c0cc24c0c0e24c1e80d72f7ee9149a4b166176629616d011",
        nonce: "45aaa3e5d16d2d42dc03445d",
        associated_data: "",
        plaintext: "3ff1514b1c503915918f0c0c31094a6e1f",
        ciphertext: "73a6b6f45f6ccc5131e07f2caa1f2e2f56",
        tag: "2d7379ec1db5952d4e95d30c340b1b1d",
    },
    Vector {
        name: "tcId 102",
        key: "f32364b1d339d82e4f132d8f4a0ec1ff7e746517fa07ef1a7f422f4e25a48194",
        nonce: "5a86a50a0e8a179c734b996d",
        associated_data: "ab2ac7c44c60bdf8228c7884adb20184",
        plaintext: "43891bccb522b1e72a6b53cf31c074e9d6c2df8e",
        ciphertext: "43dda832e942e286da314daa99bef5071d9d2c78",
        tag: "c3922583476ced575404ddb85dd8cd44",
    },
    Vector {
        name: "tcId 104",
        key: "6efca98126918ab564d88c6bec02e8998b2be50e3f906ff9adfdd185f373e756",
        nonce: "4abd6cfc83bd06b11efaa2a7",
        associated_data: "",
        plaintext: concat!(
            "bbec79c086d41e602d090f7e40494d6bf3faa1dc6df0ab8a88ea5d35d426b248",
            "c2ad880351e223f6170d37cc9655e10459e59cbd6d1c092ed31d72ccc7af20",
        ),
        ciphertext: concat!(
            "97b4c73a4d8b5b21bc4b50dbb70dfa77b1a7bf0bbe7cf16ecf5bb60ba8070acc",
            "5740780435ed145a62a613dd9881b721168fbb3f5af385ee5d4f856cf93cba",
        ),
        tag: "27ac8c4010d8e81b7051ceb06b30fe2d",
    },
    Vector {
        name: "tcId 128",
        key: "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f",
        nonce: "000000000000000000000000",
        associated_data: "",
        plaintext: "561008fa07a68f5c61285cd013464eaf",
        ciphertext: "23293e9b07ca7d1b0cae7cc489a973b3",
        tag: "ffffffffffffffffffffffffffffffff",
    },
    Vector {
        name: "tcId 129",
        key: "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f",
        nonce: "ffffffffffffffffffffffff",
        associated_data: "",
        plaintext: "c6152244cea1978d3e0bc274cf8c0b3b",
        ciphertext: "7cb6fc7c6abc009efe9551a99f36a421",
        tag: "00000000000000000000000000000000",
    },
];

/// The message of Wycheproof's tcId 130 to 156, which differ in the tag only, with its correct tag.
pub(super) const UNMODIFIED: Vector = Vector {
    name: "tcId 130 to 156, unmodified",
    key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    nonce: "505152535455565758595a5b",
    associated_data: "",
    plaintext: "202122232425262728292a2b2c2d2e2f",
    ciphertext: "b2061457c0759fc1749f174ee1ccadfa",
    tag: "9ce8fef6d8ab1bf1bf887232eab590dd",
};

/// The incorrect tags of Wycheproof's tcId 130 to 156.
pub(super) const MODIFIED_TAGS: &[&str] = &[
    "9de8fef6d8ab1bf1bf887232eab590dd",
    "9ee8fef6d8ab1bf1bf887232eab590dd",
    "1ce8fef6d8ab1bf1bf887232eab590dd",
    "9ce9fef6d8ab1bf1bf887232eab590dd",
    "9ce8fe76d8ab1bf1bf887232eab590dd",
    "9ce8fef6d9ab1bf1bf887232eab590dd",
    "9ce8fef6daab1bf1bf887232eab590dd",
    "9ce8fef6d8ab1b71bf887232eab590dd",
    "9ce8fef6d8ab1bf1be887232eab590dd",
    "9ce8fef6d8ab1bf13f887232eab590dd",
    "9ce8fef6d8ab1bf1bfa87232eab590dd",
    "9ce8fef6d8ab1bf1bf887332eab590dd",
    "9ce8fef6d8ab1bf1bf887232ebb590dd",
    "9ce8fef6d8ab1bf1bf887232e8b590dd",
    "9ce8fef6d8ab1bf1bf8872326ab590dd",
    "9ce8fef6d8ab1bf1bf887232eab590dc",
    "9ce8fef6d8ab1bf1bf887232eab590df",
    "9ce8fef6d8ab1bf1bf887232eab5909d",
    "9ce8fef6d8ab1bf1bf887232eab5905d",
    "9de8fef6d8ab1bf1be887232eab590dd",
    "9ce8fe76d8ab1b71bf887232eab590dd",
    "9ce8fef6d8ab1b71bf887232eab5905d",
    "631701092754e40e40778dcd154a6f22",
    "00000000000000000000000000000000",
    "ffffffffffffffffffffffffffffffff",
    "1c687e76582b9b713f08f2b26a35105d",
    "9de9fff7d9aa1af0be897333ebb491dc",
];
