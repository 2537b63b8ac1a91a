//! The shape of the tree: dependencies between modules point one way, only the store knows SeaORM,
//! no file grows past a few screens, and the top level holds what the layout names.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each module of the crate may use besides itself. A module that has no row may use nothing.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("clock", &["model"]),
    ("config", &["failpoint", "model"]),
    ("error", &["clock", "failpoint", "model"]),
    ("telemetry", &["config", "model"]),
    ("metrics", &["model"]),
    ("failpoint", &[]),
    ("store", &["clock", "error", "failpoint", "metrics", "model"]),
    ("analysis", &["model"]),
    ("blobs", &["model", "net"]),
    ("net", &["model"]),
    ("sources", &["model", "net"]),
    ("events", &["model", "store"]),
    ("queue", &["model", "store"]),
    ("llm", &["model", "net"]),
    ("domain", &["analysis", "blobs", "events", "llm", "model", "net", "sources", "store"]),
    ("deliveries", &["blobs", "domain", "model", "net", "queue"]),
    ("runner", &["analysis", "blobs", "domain", "model", "queue", "sources"]),
    ("scheduler", &["domain", "model", "queue"]),
    ("graphql", &["domain", "events", "model"]),
    ("http", &["domain", "events", "graphql", "model"]),
];

/// Time, errors, log, counters and settings: for everybody but the modules they are made of, and the
/// store, whose row names those it may use.
const COMMON: &[&str] = &["clock", "config", "error", "failpoint", "metrics", "telemetry"];
const NOT_FOR: &[&str] =
    &["model", "store", "clock", "config", "error", "failpoint", "metrics", "telemetry"];

/// These put the program together, so they may use everything.
const COMPOSITION: &[&str] = &["app", "cli", "lib", "main"];

const LONGEST_FILE: usize = 500;

/// What the top level may show; what begins with a dot is not seen.
const TOP_LEVEL: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "migrations",
    "playground",
    "schema.graphql",
    "src",
    "tests",
];

/// A mention of another module in a file.
#[derive(Debug, PartialEq, Eq)]
struct Mention {
    line: usize,
    module: String,
}

fn may_use(from: &str, to: &str) -> bool {
    if from == to || COMPOSITION.contains(&from) {
        return true;
    }
    if COMMON.contains(&to) && !NOT_FOR.contains(&from) {
        return true;
    }
    MAY_USE.iter().any(|(module, used)| *module == from && used.contains(&to))
}

/// The module that a file of `src` belongs to: `src/store/sql.rs` is part of `store`.
fn module_of(file: &Path) -> Option<String> {
    let first = file.strip_prefix("src").ok()?.components().next()?;
    let name = Path::new(first.as_os_str()).file_stem()?;
    Some(name.to_string_lossy().into_owned())
}

/// The code with its comments blanked, line for line.
fn without_comments(code: &str) -> String {
    let lines = code.lines().map(|line| match line.find("//") {
        Some(start) if !line[..start].ends_with(':') => &line[..start],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every `crate::name`, and every name at the top of a `crate::{…}`.
fn mentions(code: &str) -> Vec<Mention> {
    let code = without_comments(code);
    let mut found = Vec::new();
    for (start, root) in code.match_indices("crate::") {
        let before = code[..start].chars().next_back();
        if before.is_some_and(|character| character.is_alphanumeric() || character == '_') {
            continue;
        }
        let after = start + root.len();
        for (offset, module) in first_names(&code[after..]) {
            let line = code[..after + offset].matches('\n').count() + 1;
            found.push(Mention { line, module });
        }
    }
    found
}

/// The names that a path goes on with, and where: one, or those of a braced list.
fn first_names(rest: &str) -> Vec<(usize, String)> {
    let Some(list) = rest.strip_prefix('{') else {
        return name_at(rest, 0).into_iter().collect();
    };
    let mut names = Vec::new();
    let mut depth = 1_usize;
    let mut at_start = true;
    for (offset, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => at_start = true,
            _ if at_start && !character.is_whitespace() => {
                names.extend(name_at(rest, offset + 1));
                at_start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn name_at(text: &str, offset: usize) -> Option<(usize, String)> {
    let is_part = |character: &char| character.is_alphanumeric() || *character == '_';
    let name: String = text[offset..].chars().take_while(is_part).collect();
    (!name.is_empty()).then_some((offset, name))
}

/// What is wrong with one file of `src`, a line each.
fn faults(file: &Path, code: &str) -> Vec<String> {
    let Some(from) = module_of(file) else {
        return Vec::new();
    };
    let place = |line: usize| format!("{}:{line}", file.display());
    let wrong_way = mentions(code)
        .into_iter()
        .filter(|mention| !may_use(&from, &mention.module))
        .map(|mention| format!("{}: {from} must not use {}", place(mention.line), mention.module));

    let knows_sql = from == "store";
    let plain = without_comments(code);
    let by_line = plain.lines().enumerate().filter_map(|(index, line)| {
        let place = place(index + 1);
        let orm = ["sea_orm", "sea_query", "sqlx::"].iter().find(|name| line.contains(**name));
        match orm {
            Some(name) if !knows_sql => Some(format!("{place}: only store may use {name}")),
            _ if line.contains("super::super::") => {
                Some(format!("{place}: write crate::… rather than super::super::…"))
            }
            _ => None,
        }
    });
    wrong_way.chain(by_line).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder of the tree, named from its root, without what tools put there.
fn files_below(folder: &str, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name();
            let made_by_tools = ["node_modules", "target", "dist"].iter().any(|made| name == *made);
            if entry.file_type()?.is_dir() {
                if !made_by_tools && !name.to_string_lossy().starts_with('.') {
                    folders.push(path);
                }
                continue;
            }
            let ending = path.extension().map(|ending| ending.to_string_lossy());
            if ending.is_some_and(|ending| endings.contains(&ending.as_ref())) {
                files.push(path.strip_prefix(root()).unwrap_or(&path).to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

#[test]
fn modules_depend_one_way() -> io::Result<()> {
    let files = files_below("src", &["rs"])?;
    assert!(files.len() > 10, "the sources were not found: {files:?}");
    let mut found = Vec::new();
    for file in files {
        found.extend(faults(&file, &fs::read_to_string(root().join(&file))?));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    Ok(())
}

#[test]
fn no_file_is_too_long() -> io::Result<()> {
    let mut long = Vec::new();
    for folder in ["src", "migrations", "tests", "playground"] {
        for file in files_below(folder, &["rs", "ts", "tsx", "js", "mjs", "css"])? {
            // Nobody reads or writes what is generated.
            if file.components().any(|part| part.as_os_str() == "generated") {
                continue;
            }
            let lines = fs::read_to_string(root().join(&file))?.lines().count();
            if lines > LONGEST_FILE {
                long.push(format!("{}: {lines} lines, at most {LONGEST_FILE}", file.display()));
            }
        }
    }
    assert!(long.is_empty(), "\n{}\n", long.join("\n"));
    Ok(())
}

#[test]
fn the_top_level_shows_what_the_layout_names() {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        eprintln!("not checked: this tree is not a git checkout");
        return;
    };
    let listed = String::from_utf8_lossy(&listed.stdout);
    let beyond: BTreeMap<&str, &str> = listed
        .split('\0')
        .filter_map(|file| Some((file.split('/').next()?, file)))
        .filter(|(top, _)| !top.is_empty() && !top.starts_with('.') && !TOP_LEVEL.contains(top))
        .collect();
    assert!(beyond.is_empty(), "not named by the layout: {beyond:?}");
}

#[test]
fn the_rules_have_no_circle() {
    for (module, used) in MAY_USE {
        for other in *used {
            assert!(!may_use(other, module), "{module} and {other} may use each other");
        }
    }
}

#[test]
fn a_wrong_line_is_caught_with_its_place() {
    let cases = [
        ("src/graphql/query.rs", "use crate::store::Tx;", "1: graphql must not use store"),
        ("src/model/job.rs", "\nfn f() { crate::clock::now() }", "2: model must not use clock"),
        (
            "src/net.rs",
            "use crate::{\n    model::id,\n    domain::{a, b},\n};",
            "3: net must not use domain",
        ),
        ("src/store/sql.rs", "use crate::config::Settings;", "1: store must not use config"),
        (
            "src/http/rest/storage.rs",
            "pub(in crate::store) fn f() {}",
            "1: http must not use store",
        ),
        ("src/novelty/mod.rs", "use crate::model::id;", "1: novelty must not use model"),
        ("src/queue/leases.rs", "use crate::Thing;", "1: queue must not use Thing"),
        ("src/domain/job.rs", "\n\nuse sea_orm::Database;", "3: only store may use sea_orm"),
        (
            "src/runner/a/b.rs",
            "use super::super::c;",
            "1: write crate::… rather than super::super::…",
        ),
    ];
    for (file, code, expected) in cases {
        assert_eq!(faults(Path::new(file), code), [format!("{file}:{expected}")], "{code}");
    }
}

#[test]
fn a_right_line_is_left_alone() {
    let cases = [
        ("src/graphql/query.rs", "use crate::{domain::job, graphql::inputs, model::id};"),
        ("src/domain/mod.rs", "use crate::store::Tx; // never crate::graphql"),
        ("src/store/sql.rs", "use sea_orm::Database;\nuse crate::error::Error;"),
        (
            "src/http/mod.rs",
            "//! Not crate::store.\nuse other_crate::store;\nuse crate::clock::Clock;",
        ),
        ("src/app.rs", "use crate::store::Store;"),
        ("src/model/id.rs", "let a = \"https://example.com\"; use crate::model::job;"),
    ];
    for (file, code) in cases {
        assert_eq!(faults(Path::new(file), code), Vec::<String>::new(), "{code}");
    }
}
