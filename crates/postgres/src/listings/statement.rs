use tokio_postgres::types::ToSql;

/// A statement put together from fixed fragments: what people type in only ever is a parameter.
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

    pub(super) fn push(&mut self, fragment: &str) -> &mut Self {
        self.sql.push_str(fragment);
        self
    }

    /// Adds the place of a parameter.
    pub(super) fn bind(&mut self, parameter: impl ToSql + Sync + Send + 'static) -> &mut Self {
        self.parameters.push(Box::new(parameter));
        let place = format!("${}", self.parameters.len());
        self.push(&place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_holds_places_and_its_parameters_apart() {
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
