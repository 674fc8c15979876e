//! Names that objects within a body have twice. The values that are read of a body have each name once, so they have to
//! be looked for in its text.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Paths of the names that an object below the outermost one has more than once, such as `gateway/timeout`. A text that is
/// no JSON has none.
pub(super) fn within(text: &[u8]) -> Vec<String> {
    let mut repeated = Vec::new();
    let place = Place {
        path: "",
        repeated: &mut repeated,
    };
    let mut json = serde_json::Deserializer::from_slice(text);
    // Whether it is JSON is decided by who reads its values.
    match place.deserialize(&mut json) {
        Ok(()) => repeated,
        Err(_) => Vec::new(),
    }
}

/// A value, and its path from the outermost object.
struct Place<'a> {
    path: &'a str,
    repeated: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Place<'_> {
    fn below(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.path)
        }
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let path = self.below(&name);
            map.next_value_seed(Place {
                path: &path,
                repeated: &mut *self.repeated,
            })?;
            if !names.insert(name) && !self.path.is_empty() {
                self.repeated.push(path);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        loop {
            let path = self.below(&index.to_string());
            let element = Place {
                path: &path,
                repeated: &mut *self.repeated,
            };
            if elements.next_element_seed(element)?.is_none() {
                return Ok(());
            }
            index = index.saturating_add(1);
        }
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _value: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _value: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _value: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _value: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _value: &str) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_repeated_name_is_found_wherever_it_is_but_in_the_outermost_object() {
        for (text, paths) in [
            (r#"{"a": 1, "a": 2}"#, [].as_slice()),
            (r#"{"a": {"b": 1, "c": 1.50, "b": null}}"#, &["a/b"]),
            (
                r#"{"a": [{"b": "x"}, {"c": {"d": true, "d": -1, "d": 0}}]}"#,
                &["a/1/c/d", "a/1/c/d"],
            ),
            (r#"{"a": {"b": 1}, "c": {"b": 1}}"#, &[]),
            (r#"{"a": {"b": 1, "b": 1"#, &[]),
            ("", &[]),
        ] {
            assert_eq!(within(text.as_bytes()), paths, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_looking_panic(bytes: Vec<u8>) {
            let _ = within(&bytes);
        }
    }
}
