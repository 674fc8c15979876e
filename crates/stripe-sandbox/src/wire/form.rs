use std::collections::BTreeMap;

use url::form_urlencoded;

/// Parameters of a request by full key, such as `line_items[0][quantity]`: Stripe's forms nest by brackets.
///
/// Taking a parameter removes it; those that remain are unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    fields: BTreeMap<String, String>,
}

impl Form {
    /// Parses `application/x-www-form-urlencoded` text. The elements of a list with empty brackets are
    /// numbered. Of a repeated key, the last value counts.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let mut fields = BTreeMap::new();
        let mut unnumbered: BTreeMap<String, usize> = BTreeMap::new();
        for (key, value) in form_urlencoded::parse(text) {
            let key = match key.strip_suffix("[]") {
                None => key.into_owned(),
                Some(list) => {
                    let next = unnumbered.entry(list.to_owned()).or_default();
                    let numbered = format!("{list}[{next}]");
                    *next = next.saturating_add(1);
                    numbered
                }
            };
            fields.insert(key, value.into_owned());
        }
        Self { fields }
    }

    /// Serializes the parameters, sorted by key.
    pub(super) fn canonical(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.fields);
        text.finish()
    }

    /// Takes a single parameter.
    pub(crate) fn take(&mut self, key: &str) -> Option<String> {
        self.fields.remove(key)
    }

    /// Takes the parameters `prefix[name]`, by name, and leaves those that nest deeper.
    pub(crate) fn take_map(&mut self, prefix: &str) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        for key in self.keys_under(prefix) {
            if let Some(name) = inner_name(&key, prefix)
                && let Some(value) = self.fields.remove(&key)
            {
                map.insert(name, value);
            }
        }
        map
    }

    /// Takes the list `prefix[0]`, `prefix[1]`, ….
    pub(crate) fn take_list(&mut self, prefix: &str) -> Vec<String> {
        (0..)
            .map_while(|index| self.fields.remove(&format!("{prefix}[{index}]")))
            .collect()
    }

    /// Whether there is any parameter `prefix[…]`.
    pub(crate) fn has(&self, prefix: &str) -> bool {
        !self.keys_under(prefix).is_empty()
    }

    /// Returns a parameter that has not been taken.
    pub(crate) fn first_remaining(&self) -> Option<&str> {
        self.fields.keys().next().map(String::as_str)
    }

    fn keys_under(&self, prefix: &str) -> Vec<String> {
        let open = format!("{prefix}[");
        self.fields
            .range(open.clone()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(&open))
            .cloned()
            .collect()
    }
}

/// Returns `name` of `prefix[name]`.
fn inner_name(key: &str, prefix: &str) -> Option<String> {
    let name = key
        .strip_prefix(prefix)?
        .strip_prefix('[')?
        .strip_suffix(']')?;
    (!name.contains(['[', ']'])).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest_whether_they_are_percent_encoded_or_not() {
        let mut form = Form::parse(b"a[0][b]=1&a%5B1%5D%5Bb%5D=two+words");
        assert_eq!(form.take("a[0][b]").as_deref(), Some("1"));
        assert!(form.has("a[1]"));
        assert_eq!(form.take("a[1][b]").as_deref(), Some("two words"));
        assert!(!form.has("a[1]"));
        assert_eq!(form.first_remaining(), None);
    }

    #[test]
    fn empty_brackets_form_a_list() {
        let mut form = Form::parse(b"expand[]=x&expand[]=y&types[0]=z");
        assert_eq!(form.take_list("expand"), ["x", "y"]);
        assert_eq!(form.take_list("types"), ["z"]);
    }

    #[test]
    fn a_map_leaves_the_keys_that_nest_deeper() {
        let mut form = Form::parse(b"metadata[order]=1&metadata[a][b]=2&metadataish=3");
        let map = form.take_map("metadata");
        assert_eq!(
            map.into_iter().collect::<Vec<_>>(),
            [("order".into(), "1".into())]
        );
        assert_eq!(form.first_remaining(), Some("metadata[a][b]"));
    }

    #[test]
    fn the_order_of_parameters_does_not_matter() {
        let one = Form::parse(b"metadata[a]=1&metadata[b]=2");
        let other = Form::parse(b"metadata[b]=2&metadata[a]=1");
        assert_eq!(one.canonical(), other.canonical());
        assert_ne!(one.canonical(), Form::parse(b"metadata[a]=1").canonical());
    }
}
