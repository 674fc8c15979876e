//! Stripe's way of writing parameters: a form whose keys nest by brackets.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// The parameters of a call, by full key: `line_items[0][quantity]`.
///
/// Taking a parameter removes it, so that what nobody took is what nobody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    fields: BTreeMap<String, String>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded` text. A list written with empty brackets is
    /// numbered; of a key that comes twice, the last counts.
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

    /// The same text for the same parameters, whatever order they came in.
    pub(crate) fn canonical(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.fields);
        text.finish()
    }

    /// Takes one parameter.
    pub(crate) fn take(&mut self, key: &str) -> Option<String> {
        self.fields.remove(key)
    }

    /// Takes all `prefix[…]`, without looking deeper.
    pub(crate) fn take_map(&mut self, prefix: &str) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        for key in self.under(prefix) {
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

    /// Whether there is anything at `prefix[…]`.
    pub(crate) fn has(&self, prefix: &str) -> bool {
        !self.under(prefix).is_empty()
    }

    /// A parameter that nobody took.
    pub(crate) fn left_over(&self) -> Option<&str> {
        self.fields.keys().next().map(String::as_str)
    }

    fn under(&self, prefix: &str) -> Vec<String> {
        let open = format!("{prefix}[");
        self.fields
            .range(open.clone()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(&open))
            .cloned()
            .collect()
    }
}

/// `name` of `prefix[name]`.
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
    fn brackets_nest_whether_they_are_escaped_or_not() {
        let mut form = Form::parse(b"a[0][b]=1&a%5B1%5D%5Bb%5D=two+words");
        assert_eq!(form.take("a[0][b]").as_deref(), Some("1"));
        assert!(form.has("a[1]"));
        assert_eq!(form.take("a[1][b]").as_deref(), Some("two words"));
        assert!(!form.has("a[1]"));
        assert_eq!(form.left_over(), None);
    }

    #[test]
    fn empty_brackets_make_a_list() {
        let mut form = Form::parse(b"expand[]=x&expand[]=y&types[0]=z");
        assert_eq!(form.take_list("expand"), ["x", "y"]);
        assert_eq!(form.take_list("types"), ["z"]);
    }

    #[test]
    fn a_map_takes_its_own_names_and_leaves_deeper_ones() {
        let mut form = Form::parse(b"metadata[order]=1&metadata[a][b]=2&metadataish=3");
        let map = form.take_map("metadata");
        assert_eq!(
            map.into_iter().collect::<Vec<_>>(),
            [("order".into(), "1".into())]
        );
        assert_eq!(form.left_over(), Some("metadata[a][b]"));
    }

    #[test]
    fn the_order_of_parameters_does_not_count() {
        let one = Form::parse(b"metadata[a]=1&metadata[b]=2");
        let other = Form::parse(b"metadata[b]=2&metadata[a]=1");
        assert_eq!(one.canonical(), other.canonical());
        assert_ne!(one.canonical(), Form::parse(b"metadata[a]=1").canonical());
    }
}
