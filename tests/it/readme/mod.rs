//! The README does what it says: its programs run as they stand there, in every language shown.
//!
//! What they need (interpreters, packages, crates) is installed by `tests/run`; without it these tests
//! fail and say so.

mod documents;
mod downloads;
mod program;
mod public_key;
mod reading;
mod recipe;
mod subscribing;
mod text;
mod walkthrough;
mod webhooks;

pub use program::clients;
use text::{blocks, section};

/// Every program shown, by section: a test runs each of them.
const PROGRAMS: &[(&str, &[&str])] = &[
    (
        downloads::HEADING,
        &["download.sh", "download.py", "download.mjs", "download.go", "download.rs"],
    ),
    (subscribing::HEADING, &["follow.mjs"]),
    (
        webhooks::HEADING,
        &[
            "receive.py",
            "receive.mjs",
            "receive.go",
            "receive.rs",
            "verify.sh",
            "signed.py",
            "signed.mjs",
            "signed.go",
            "signed.rs",
            "authentic.py",
            "authentic.mjs",
        ],
    ),
    (recipe::HEADING, &["recipe.py"]),
];

#[test]
fn no_program_is_shown_that_no_test_runs() {
    for (heading, names) in PROGRAMS {
        let fences = section(heading).lines().filter(|line| line.starts_with("```")).count();
        let described = ["json", "toml"].map(|language| blocks(heading, language).len());
        let programs = fences / 2 - described.iter().sum::<usize>();
        assert_eq!(programs, names.len(), "{heading}");
        for name in *names {
            let heads = [format!("\n# {name}"), format!("\n// {name}")];
            assert!(heads.iter().any(|head| section(heading).contains(head)), "{heading}: {name}");
        }
    }
}

#[test]
fn the_crates_shown_are_those_the_programs_are_built_with() {
    let pinned: Vec<&str> = include_str!("../../clients/rust/Cargo.toml").lines().collect();
    for heading in [downloads::HEADING, webhooks::HEADING] {
        let shown = blocks(heading, "toml").concat();
        assert!(shown.lines().count() > 3, "the README has changed");
        for line in shown.lines() {
            assert!(pinned.contains(&line), "{line}");
        }
    }
}
