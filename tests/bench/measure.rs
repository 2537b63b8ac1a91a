//! Posts counted per second on one core, from parsed documents and from the file they are kept in, and
//! beside DuckDB doing the same from the same file.
//!
//! A million posts of about 200 bytes, made by a seed, once all of them and once a tenth of them matching,
//! are counted in one pass with people, a daily trend and a breakdown by source. Each run is a process of
//! its own, so that its peak memory is its own; what is timed begins with the file and ends with the
//! answer. Rates are by processor time, which others on the machine change least, and by the clock beside
//! that. The service and DuckDB (one thread) take turns, and their figures must be equal. DuckDB comes
//! from PyPI into the user's cache; where it cannot be had the bench says so and goes on without it.
//!
//! `cargo bench --bench measure`, or with a number of posts: `cargo bench --bench measure -- 100000`.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]

#[path = "support/posts.rs"]
mod posts;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bytestack::analysis::measure::{Measure, Measuring};
use bytestack::model::document::Document;
use bytestack::model::document_line::read_documents;
use bytestack::model::reading::Reading;
use bytestack::model::result::Answer;
use bytestack::model::window::TimeRange;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const POSTS: u64 = 1_000_000;
const ROUNDS: usize = 5;
/// Documents that are read before they are measured.
const BATCH: usize = 64;
/// What DuckDB runs in.
const PYTHON: &str = "bytestack-bench/duckdb/bin/python";

/// What one run says.
#[derive(Serialize, Deserialize)]
struct Run {
    /// Of one core.
    cpu: f64,
    /// By the clock.
    wall: f64,
    peak_mib: f64,
    figures: Figures,
}

/// Posts and people by what they are told apart by.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Figures {
    source: BTreeMap<String, (u64, u64)>,
    day: BTreeMap<String, (u64, u64)>,
    both: BTreeMap<String, (u64, u64)>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["parsed", file] => say(&from_parsed(Path::new(file))),
        ["file", file] => say(&from_file(Path::new(file), &counting())),
        ["sentiment", file] => say(&from_file(Path::new(file), &feeling())),
        _ => {
            let asked = arguments.first().and_then(|argument| argument.parse().ok());
            measure(asked.unwrap_or(POSTS));
        }
    }
}

fn say(run: &Run) {
    println!("{}", serde_json::to_string(run).unwrap());
}

fn measure(count: u64) {
    let folder = tempfile::tempdir().unwrap();
    let python = python();
    for (name, matching) in [("all", 100), ("tenth", 10)] {
        let path = folder.path().join(name);
        let mut file = BufWriter::new(File::create(&path).unwrap());
        posts::write(&mut file, count, matching);
        file.flush().unwrap();
        let input = Input { name, count, bytes: path.metadata().unwrap().len(), path };
        input.rounds(python.as_deref());
    }
}

/// A file of posts.
struct Input {
    name: &'static str,
    count: u64,
    bytes: u64,
    path: PathBuf,
}

impl Input {
    fn rounds(&self, python: Option<&Path>) {
        let mut runs: BTreeMap<&str, Vec<Run>> = BTreeMap::new();
        // The first is not counted.
        for round in 0..=ROUNDS {
            for (what, run) in [
                ("parsed", Some(self.own("parsed"))),
                ("file", Some(self.own("file"))),
                ("duckdb", python.map(|python| self.duckdb(python))),
                ("sentiment", Some(self.own("sentiment"))),
            ] {
                runs.entry(what).or_default().extend(run.filter(|_| round > 0));
            }
        }
        for (what, runs) in &runs {
            self.figure(what, runs);
        }
        let (own, other) = (&runs["file"], &runs["duckdb"]);
        for (own, other) in own.iter().zip(other) {
            assert_eq!(own.figures, other.figures, "both count the same");
        }
        let ratios = own.iter().zip(other).map(|(own, other)| other.cpu / own.cpu);
        let Some((least, median, most)) = spread(ratios.collect()) else { return };
        let detail = json!({ "least": rounded(least), "most": rounded(most), "rounds": ROUNDS, "figures_are_equal": true });
        let name = format!("measure_{}_times_as_fast_as_duckdb", self.name);
        figure(&name, rounded(median), "times", &detail);
    }

    fn figure(&self, what: &str, runs: &[Run]) {
        let name = format!("measure_{}_{what}", self.name);
        let rates = runs.iter().map(|run| self.count as f64 / run.cpu);
        let Some((least, median, most)) = spread(rates.collect()) else {
            return figure(&name, f64::NAN, "posts/s", &json!("left out: no python3 with duckdb"));
        };
        let walls = spread(runs.iter().map(|run| self.count as f64 / run.wall).collect());
        let peak = runs.iter().map(|run| run.peak_mib).fold(0.0, f64::max);
        // Where parsing is not timed, the documents that are held are not of the measure.
        let peak = (what != "parsed").then_some(peak.round());
        let megabytes = median / self.count as f64 * self.bytes as f64 / 1e6;
        let mentions: u64 = runs[0].figures.source.values().map(|(posts, _)| posts).sum();
        let detail = json!({
            "least": least.round(), "most": most.round(), "runs": runs.len(),
            "by_the_clock": walls.map(|(_, median, _)| median.round()), "mb_per_s": megabytes.round(),
            "ns_per_post": (1e9 / median).round(), "peak_mib": peak, "posts": self.count,
            "matching": mentions, "bytes_per_post": self.bytes / self.count,
        });
        figure(&name, median.round(), "posts/s", &detail);
    }

    /// A run by this program.
    fn own(&self, what: &str) -> Run {
        let mut command = Command::new(std::env::current_exe().unwrap());
        run(command.arg(what).arg(&self.path))
    }

    fn duckdb(&self, python: &Path) -> Run {
        let script = include_str!("support/measure_duckdb.py");
        run(Command::new(python).args(["-c", script]).arg(&self.path).arg(posts::TERM))
    }
}

fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A Python that has DuckDB, set up where there is none.
fn python() -> Option<PathBuf> {
    let python = std::env::home_dir()?.join(".cache").join(PYTHON);
    let succeeds =
        |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let has_duckdb = || succeeds(Command::new(&python).args(["-c", "import duckdb"]));
    if !has_duckdb() {
        let folder = python.parent().and_then(Path::parent)?;
        succeeds(Command::new("python3").args(["-m", "venv"]).arg(folder));
        succeeds(Command::new(&python).args(["-m", "pip", "install", "duckdb"]));
    }
    has_duckdb().then_some(python)
}

/// Reads, parses and measures line by line.
fn from_file(path: &Path, reading: &Reading) -> Run {
    let began = Moment::now();
    let mut measure = Measure::new(reading, told()).unwrap();
    let take = |batch: &[Document]| -> io::Result<()> {
        measure.add_all(batch);
        Ok(())
    };
    read_documents(File::open(path).unwrap(), take, |error| error).unwrap();
    let answer = measure.finish(&[]).answer;
    ended(&began.elapsed(), &answer)
}

/// The same, with only the measuring timed.
fn from_parsed(path: &Path) -> Run {
    let mut spent = Spent::default();
    let mut measure = Measure::new(&counting(), told()).unwrap();
    let mut lines = BufReader::new(File::open(path).unwrap()).lines();
    loop {
        let held =
            lines.by_ref().take(BATCH).map(|line| serde_json::from_str(&line.unwrap()).unwrap());
        let held: Vec<Document> = held.collect();
        if held.is_empty() {
            break;
        }
        let began = Moment::now();
        measure.add_all(&held);
        spent.add(&began.elapsed());
    }
    let began = Moment::now();
    let answer = measure.finish(&[]).answer;
    spent.add(&began.elapsed());
    ended(&spent, &answer)
}

/// When something began, by the clock and by what the process had worked.
struct Moment {
    at: Instant,
    worked: Duration,
}

/// Time by the clock and of the processor.
#[derive(Default)]
struct Spent {
    wall: Duration,
    cpu: Duration,
}

impl Moment {
    fn now() -> Self {
        Self { at: Instant::now(), worked: worked() }
    }

    fn elapsed(&self) -> Spent {
        Spent { wall: self.at.elapsed(), cpu: worked().saturating_sub(self.worked) }
    }
}

impl Spent {
    fn add(&mut self, more: &Self) {
        self.wall += more.wall;
        self.cpu += more.cpu;
    }
}

/// Processor time of the one thread, by the operating system's accounting.
fn worked() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

fn ended(took: &Spent, answer: &Answer) -> Run {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    let (cpu, wall) = (took.cpu.as_secs_f64(), took.wall.as_secs_f64());
    Run { cpu, wall, peak_mib: peak / 1024.0, figures: figures(answer) }
}

fn figures(answer: &Answer) -> Figures {
    let mut figures = Figures::default();
    for (source, count) in &answer.by_source {
        figures.source.insert(source.clone(), (count.mentions, count.unique_users));
    }
    for bucket in answer.series.iter().flatten() {
        let day = bucket.start.unwrap().date_naive();
        figures.day.insert(day.to_string(), (bucket.mentions, bucket.unique_users));
        for group in bucket.groups.iter().flatten() {
            let name = format!("{}/{day}", group.key);
            figures.both.insert(name, (group.mentions, group.unique_users));
        }
    }
    figures
}

/// Posts and people, by day and by source.
fn counting() -> Reading {
    reading("breakdown", &json!(["source", "day"]))
}

fn feeling() -> Reading {
    reading("sentiment", &json!([]))
}

fn reading(intent: &str, group_by: &Value) -> Reading {
    let reading = json!({
        "intent": intent, "terms": [posts::TERM], "sources": null, "window": null, "group_by": group_by,
        "metrics": ["mentions", "unique_users"], "limit": null,
    });
    serde_json::from_value(reading).unwrap()
}

fn told() -> Measuring {
    let from = posts::begin();
    let to = from + chrono::Duration::days(i64::from(posts::DAYS));
    Measuring {
        window: TimeRange { from, to },
        previous: None,
        reference: to,
        timezone: chrono_tz::UTC,
        evidence_limit: 20,
    }
}

/// The least, the median and the most; nothing of nothing.
fn spread(mut values: Vec<f64>) -> Option<(f64, f64, f64)> {
    values.sort_by(f64::total_cmp);
    Some((*values.first()?, values[values.len() / 2], *values.last()?))
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn figure(name: &str, value: f64, unit: &str, detail: &Value) {
    println!("{}", json!({ "figure": name, "value": value, "unit": unit, "detail": detail }));
}
