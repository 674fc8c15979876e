use tokio_postgres::types::ToSql;

/// A statement composed of fixed fragments. Values, and with them everything that users type, are only ever
/// parameters.
#[derive(Default)]
pub(super) struct Statement {
    sql: String,
    parameters: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Statement {
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.parameters
            .iter()
            .map(|parameter| -> &(dyn ToSql + Sync) { parameter.as_ref() })
            .collect()
    }

    /// Appends a fragment.
    pub(super) fn push(&mut self, fragment: &str) -> &mut Self {
        self.sql.push_str(fragment);
        self
    }

    /// Appends a placeholder with its value.
    pub(super) fn bind(&mut self, parameter: impl ToSql + Sync + Send + 'static) -> &mut Self {
        self.parameters.push(Box::new(parameter));
        let placeholder = format!("${}", self.parameters.len());
        self.push(&placeholder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_apart_from_the_text_of_the_statement() {
        let mut statement = Statement::default();
        statement
            .push("SELECT ")
            .bind("'; DROP TABLE listings")
            .push(", ")
            .bind(7_i64);
        assert_eq!(statement.sql(), "SELECT $1, $2");
        assert_eq!(statement.parameters().len(), 2);
    }
}
