//! Reads the text format of Prometheus, version 0.0.4, and refuses what a strict reader would.

use std::collections::{BTreeMap, BTreeSet};

/// What was said in one answer.
pub struct Exposition {
    types: BTreeMap<String, String>,
    samples: BTreeMap<String, f64>,
}

/// One line: a name, labels in the order in which they stand, and a number.
struct Sample {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
}

impl Exposition {
    /// # Panics
    /// On anything that is not as the format wants it.
    pub fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends as well");
        let (mut helps, mut types) = (BTreeSet::new(), BTreeMap::new());
        let mut groups: Vec<(String, Vec<Sample>)> = Vec::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').expect("a help has a text");
                assert!(helps.insert(name.to_owned()) && !help.is_empty(), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a type has a kind");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(is_name(name) && helps.contains(name), "{line}");
                assert_eq!(types.insert(name.to_owned(), kind.to_owned()), None, "{line}");
                groups.push((name.to_owned(), Vec::new()));
            } else {
                let sample = sample(line);
                let (name, samples) = groups.last_mut().expect("a type comes first");
                let suffix = sample.name.strip_prefix(name.as_str());
                let allowed: &[&str] = match types[name.as_str()].as_str() {
                    "histogram" => &["_bucket", "_sum", "_count"],
                    _ => &[""],
                };
                assert!(suffix.is_some_and(|suffix| allowed.contains(&suffix)), "{line}");
                samples.push(sample);
            }
        }
        for (name, samples) in &groups {
            check(name, &types[name], samples);
        }
        let mut seen = BTreeMap::new();
        for sample in groups.into_iter().flat_map(|(_, samples)| samples) {
            let series = sample.series();
            assert_eq!(seen.insert(series.clone(), sample.value), None, "{series} is there twice");
        }
        Self { types, samples: seen }
    }

    /// Each metric and its type, by name.
    pub fn types(&self) -> impl Iterator<Item = (&str, &str)> {
        self.types.iter().map(|(name, kind)| (name.as_str(), kind.as_str()))
    }

    /// The number of a series, as it is written.
    pub fn value(&self, series: &str) -> f64 {
        let found = self.samples.get(series);
        *found.unwrap_or_else(|| panic!("{series} is not in {:#?}", self.samples.keys()))
    }

    pub fn has(&self, series: &str) -> bool {
        self.samples.contains_key(series)
    }
}

impl Sample {
    fn series(&self) -> String {
        let label = |(name, value): &(String, String)| format!("{name}=\"{value}\"");
        let labels: Vec<String> = self.labels.iter().map(label).collect();
        if labels.is_empty() {
            return self.name.clone();
        }
        format!("{}{{{}}}", self.name, labels.join(","))
    }
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    name.starts_with(|c: char| !c.is_ascii_digit()) && name.chars().all(is_part)
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no number in: {line}"));
    let value = match value {
        "+Inf" => f64::INFINITY,
        _ => value.parse().unwrap_or_else(|error| panic!("{error} in: {line}")),
    };
    let (name, labels) = match series.split_once('{') {
        Some((name, rest)) => (name, labels(rest.strip_suffix('}').expect(line))),
        None => (series, Vec::new()),
    };
    assert!(is_name(name), "{line}");
    Sample { name: name.to_owned(), labels, value }
}

/// `name="value"`, separated by commas; in a value, `\`, `"` and line ends are escaped.
fn labels(mut text: &str) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"").expect("a label has a value in quotes");
        assert!(is_name(name) && !name.contains(':') && !name.starts_with("__"), "{name}");
        let (mut value, mut end, mut escaped) = (String::new(), None, false);
        for (at, c) in rest.char_indices() {
            match (escaped, c) {
                (true, '\\' | '"' | 'n') => value.push(if c == 'n' { '\n' } else { c }),
                (true, _) => panic!("\\{c} is no escape in: {text}"),
                (false, '"') => {
                    end = Some(at);
                    break;
                }
                (false, '\\') => {}
                (false, c) => value.push(c),
            }
            escaped = !escaped && c == '\\';
        }
        labels.push((name.to_owned(), value));
        let rest = &rest[end.expect("the value ends") + 1..];
        text = if rest.is_empty() { rest } else { rest.strip_prefix(',').expect("a comma") };
    }
    labels
}

fn check(name: &str, kind: &str, samples: &[Sample]) {
    assert!(!samples.is_empty(), "{name} has no series");
    assert_eq!(name.ends_with("_total"), kind == "counter", "{name}: a counter is called so");
    if kind != "histogram" {
        assert!(kind != "counter" || samples.iter().all(|one| one.value >= 0.0), "{name}");
        return;
    }
    // Series of one histogram differ in the labels other than `le`.
    let mut by_labels: BTreeMap<Vec<(String, String)>, Vec<&Sample>> = BTreeMap::new();
    for sample in samples {
        let others = sample.labels.iter().filter(|(name, _)| name != "le").cloned();
        by_labels.entry(others.collect()).or_default().push(sample);
    }
    for series in by_labels.values() {
        let (mut limit, mut below) = (f64::NEG_INFINITY, 0.0);
        for bucket in series.iter().filter(|one| one.name.ends_with("_bucket")) {
            let le = &bucket.labels.iter().find(|(name, _)| name == "le").expect(name).1;
            let le = if le == "+Inf" { f64::INFINITY } else { le.parse().unwrap() };
            assert!(le > limit && bucket.value >= below, "{name} is not cumulative at {le}");
            (limit, below) = (le, bucket.value);
        }
        assert!(limit.is_infinite(), "{name} has no last bucket");
        let count = series.iter().find(|one| one.name.ends_with("_count")).expect(name);
        assert!((count.value - below).abs() < f64::EPSILON, "{name}: count and last bucket");
        assert!(series.iter().any(|one| one.name.ends_with("_sum")), "{name} has no sum");
    }
}

#[test]
fn a_text_that_is_wrong_is_refused() {
    let head = "# HELP a_total A.\n# TYPE a_total counter\n";
    let histogram = "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\n";
    let good = format!("{head}a_total{{l=\"x\\\"\\\\\\ny\"}} 1\n");
    assert!(Exposition::parse(&good).has("a_total{l=\"x\"\\\ny\"}"));
    for bad in [
        "a_total 1\n".to_owned(),
        format!("{head}a_total one\n"),
        format!("{head}b_total 1\n"),
        format!("{head}a_total{{l=\"\\x\"}} 1\n"),
        format!("{head}a_total 1\na_total 1\n"),
        format!("{head}a_total -1\n"),
        format!("{histogram}h_bucket{{le=\"+Inf\"}} 1\nh_sum 1\nh_count 1\n"),
        format!("{histogram}h_bucket{{le=\"+Inf\"}} 3\nh_sum 1\nh_count 4\n"),
        format!("{histogram}h_sum 1\nh_count 2\n"),
    ] {
        let refused = std::panic::catch_unwind(|| Exposition::parse(&bad));
        assert!(refused.is_err(), "{bad}");
    }
}
