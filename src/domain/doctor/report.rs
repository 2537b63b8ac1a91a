//! What is said while the checks are made: each finding when it is found, and a sum after each check.

use std::fmt;

/// One promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub promise: &'static str,
}

/// One place where a promise is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    /// The row or file.
    pub row: String,
    pub what: String,
    pub advice: Option<&'static str>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.check, self.row, self.what)?;
        self.advice.map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

/// What there is to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Found(Finding),
    /// A check was made: how many rows or files it looked at, and how many findings it has.
    Checked {
        check: Check,
        looked_at: u64,
        findings: u64,
    },
}

/// Tells at once, so that nothing is kept however much is wrong.
pub struct Report {
    tell: Box<dyn FnMut(Said) + Send>,
    check: Check,
    looked_at: u64,
    found: u64,
    findings: u64,
}

impl Report {
    pub fn new(tell: impl FnMut(Said) + Send + 'static) -> Self {
        let check = Check { name: "", promise: "" };
        Self { tell: Box::new(tell), check, looked_at: 0, found: 0, findings: 0 }
    }

    pub fn begin(&mut self, check: Check) {
        (self.check, self.looked_at, self.found) = (check, 0, 0);
    }

    pub fn end(&mut self) {
        let Self { check, looked_at, found: findings, .. } = *self;
        (self.tell)(Said::Checked { check, looked_at, findings });
    }

    pub fn looked(&mut self) {
        self.looked_many(1);
    }

    pub fn looked_many(&mut self, rows: u64) {
        self.looked_at += rows;
    }

    pub fn found(&mut self, row: &str, what: impl Into<String>) {
        self.tell(row, what.into(), None);
    }

    /// With what to do about it.
    pub fn advise(&mut self, row: &str, what: impl Into<String>, advice: &'static str) {
        self.tell(row, what.into(), Some(advice));
    }

    fn tell(&mut self, row: &str, what: String, advice: Option<&'static str>) {
        self.found += 1;
        self.findings += 1;
        let finding = Finding { check: self.check.name, row: row.to_owned(), what, advice };
        (self.tell)(Said::Found(finding));
    }

    /// Of all checks.
    pub fn findings(&self) -> u64 {
        self.findings
    }
}
