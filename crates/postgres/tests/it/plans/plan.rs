//! A plan as the server writes it down, and what is wrong with it.

use std::fmt::{self, Write};

use serde_json::Value;

/// Tables of which nobody should read all. The others are small here, and to read all of one may be best.
const LARGE: [&str; 10] = [
    "accounts",
    "charges",
    "listing_stock",
    "listings",
    "orders",
    "payment_events",
    "sessions",
    "stock_changes",
    "tabs",
    "tokens",
];

/// How a statement was run.
pub(crate) struct Plan {
    query: String,
    root: Value,
}

/// A step of a plan. What it says is said of one of its loops.
#[derive(Clone, Copy)]
struct Node<'p>(&'p Value);

impl Plan {
    pub(crate) fn parse(json: &str) -> Self {
        let mut told: Value = serde_json::from_str(json).unwrap();
        Self {
            query: told["Query Text"].as_str().unwrap().to_owned(),
            root: told["Plan"].take(),
        }
    }

    /// What the statement calls itself in its first line. What it does not call itself is the server's
    /// own: a look for the row that a foreign key refers to.
    pub(crate) fn name(&self) -> &str {
        let first = self.query.lines().next().unwrap_or_default();
        match first.strip_prefix("-- ") {
            Some(name) => name.split(": ").next().unwrap_or(name),
            None => "a foreign key",
        }
    }

    /// How many rows of large tables were looked at, and entries of their indexes.
    pub(crate) fn read(&self) -> u64 {
        self.nodes().into_iter().map(Node::read).sum()
    }

    /// What is wrong with it, for a statement that should not look at more than `most` rows.
    pub(crate) fn faults(&self, most: u64) -> Vec<String> {
        let mut faults = Vec::new();
        for node in self.nodes() {
            let table = node.text("Relation Name");
            if node.kind() == "Seq Scan" && LARGE.contains(&table) {
                faults.push(format!("it scans {table}"));
            }
            let sorted: u64 = node.children().map(Node::rows).sum();
            if node.kind().ends_with("Sort") && sorted > most {
                faults.push(format!("it sorts {sorted} rows"));
            }
        }
        if self.read() > most {
            faults.push(format!(
                "it looks at {} rows, not at {most} at most",
                self.read()
            ));
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

    /// How many rows came out of it, over all its loops.
    fn rows(self) -> u64 {
        self.over_all_loops(&["Actual Rows"])
    }

    /// How many rows of large tables it looked at, by itself.
    fn read(self) -> u64 {
        let is_scan = LARGE.contains(&self.text("Relation Name")) && self.kind() != "ModifyTable";
        // One that gathers what another scan then reads.
        let is_gathering = self.kind() == "Bitmap Index Scan";
        if is_scan || is_gathering {
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
