//! An execution plan logged by `auto_explain`, and its faults.

use std::fmt::{self, Write};

use serde_json::Value;

/// Tables that no statement may scan. The others are small here, and a scan may be the best plan.
const LARGE: [&str; 15] = [
    "access_keys",
    "accounts",
    "audit_events",
    "charges",
    "gateway_terms",
    "listing_stock",
    "listings",
    "orders",
    "payment_events",
    "received_events",
    "sessions",
    "stock_changes",
    "tabs",
    "token_balances",
    "tokens",
];

/// Whether no statement may scan this table: one of [`LARGE`], or a day of calls.
fn is_large(table: &str) -> bool {
    LARGE.contains(&table) || table.starts_with("calls_")
}

/// The plan of an executed statement.
pub(crate) struct Plan {
    query: String,
    root: Value,
}

/// A node of a plan. Its figures are per loop.
#[derive(Clone, Copy)]
struct Node<'p>(&'p Value);

impl Plan {
    pub(crate) fn parse(json: &str) -> Self {
        let mut logged: Value = serde_json::from_str(json).unwrap();
        Self {
            query: logged["Query Text"].as_str().unwrap().to_owned(),
            root: logged["Plan"].take(),
        }
    }

    /// Function path in the statement's first line. A statement without one is PostgreSQL's own
    /// check of a foreign key.
    pub(crate) fn name(&self) -> &str {
        let first = self.query.lines().next().unwrap_or_default();
        match first.strip_prefix("-- ") {
            Some(name) => name.split(": ").next().unwrap_or(name),
            None => "a foreign key",
        }
    }

    /// Rows of large tables and entries of their indexes that were read.
    pub(crate) fn read(&self) -> u64 {
        self.nodes().into_iter().map(Node::read).sum()
    }

    /// Faults of a statement that may read at most `most` rows.
    pub(crate) fn faults(&self, most: u64) -> Vec<String> {
        let mut faults = Vec::new();
        for node in self.nodes() {
            let table = node.text("Relation Name");
            if node.kind() == "Seq Scan" && is_large(table) {
                faults.push(format!("it scans {table}"));
            }
            let sorted: u64 = node.children().map(Node::rows).sum();
            if node.kind().ends_with("Sort") && sorted > most {
                faults.push(format!("it sorts {sorted} rows"));
            }
        }
        if self.read() > most {
            faults.push(format!("it reads {} rows, more than {most}", self.read()));
        }
        faults
    }

    fn nodes(&self) -> Vec<Node<'_>> {
        let mut nodes = vec![Node(&self.root)];
        let mut next = 0;
        while let Some(node) = nodes.get(next).copied() {
            nodes.extend(node.children());
            next += 1;
        }
        nodes
    }
}

impl<'p> Node<'p> {
    fn kind(self) -> &'p str {
        self.text("Node Type")
    }

    fn text(self, key: &str) -> &'p str {
        self.0[key].as_str().unwrap_or_default()
    }

    fn children(self) -> impl Iterator<Item = Self> {
        self.0["Plans"].as_array().into_iter().flatten().map(Node)
    }

    /// Rows returned over all loops.
    fn rows(self) -> u64 {
        self.over_all_loops(&["Actual Rows"])
    }

    /// Rows of large tables that the node itself read.
    fn read(self) -> u64 {
        let is_scan = is_large(self.text("Relation Name")) && self.kind() != "ModifyTable";
        // A bitmap index scan, whose entries another node then reads.
        let is_bitmap = self.kind() == "Bitmap Index Scan";
        if is_scan || is_bitmap {
            self.over_all_loops(&[
                "Actual Rows",
                "Rows Removed by Filter",
                "Rows Removed by Index Recheck",
            ])
        } else {
            self.over_all_loops(&["Rows Removed by Join Filter"])
        }
    }

    fn over_all_loops(self, keys: &[&str]) -> u64 {
        let number = |key: &str| self.0[key].as_f64().unwrap_or_default();
        let of_one: f64 = keys.iter().copied().map(number).sum();
        let of_all = of_one * number("Actual Loops");
        format!("{of_all:.0}").parse().unwrap()
    }

    fn write(self, depth: usize, out: &mut String) -> fmt::Result {
        write!(
            out,
            "{:depth$}{} {}",
            "",
            self.kind(),
            self.text("Relation Name")
        )?;
        for key in [
            "Index Name",
            "Sort Key",
            "Index Cond",
            "Recheck Cond",
            "Filter",
            "Join Filter",
        ] {
            if !self.0[key].is_null() {
                write!(out, "  {key}: {}", self.0[key])?;
            }
        }
        writeln!(out, "  rows: {}, read: {}", self.rows(), self.read())?;
        self.children()
            .try_for_each(|child| child.write(depth + 2, out))
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tree = String::new();
        Node(&self.root).write(2, &mut tree)?;
        write!(f, "{}\n{tree}", self.query)
    }
}
