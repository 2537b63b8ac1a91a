//! Builds what a browser loads with npm and writes a table of it for the server to embed.
//!
//! Everything happens in `OUT_DIR`; the checkout may be read-only. Without npm, or when npm fails, the
//! table is empty and holds the reason, and the build goes on: the page then says what to do.
//! `BYTESTACK_PLAYGROUND=0` leaves it out knowingly; `=1` makes a failure end the build.

#![expect(clippy::disallowed_methods, reason = "what to build is told to it by the environment")]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the result depends on, in `playground/`; whatever else is there is not looked at.
const SOURCES: &[&str] = &[
    "build.rs",
    "graphiql.html",
    "index.html",
    "operations",
    "package-lock.json",
    "package.json",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];
const VARIABLE: &str = "BYTESTACK_PLAYGROUND";
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
/// Without a network this fails within seconds rather than minutes.
const INSTALL: &[&str] = &[
    "ci",
    "--omit=dev",
    "--ignore-scripts",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-timeout=60000",
];

/// Why there is no playground in this build: the part of a sentence that follows "because".
struct Missing {
    because: String,
    said: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let source = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("playground");
    let out = PathBuf::from(variable("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    for name in SOURCES {
        println!("cargo::rerun-if-changed=playground/{name}");
    }
    let wish = env::var(VARIABLE).unwrap_or_default();
    let built = match wish.as_str() {
        "0" => Err(Missing { because: format!("{VARIABLE}=0 left it out"), said: String::new() }),
        "" | "1" => build(&source, &out)?,
        other => return Err(format!("{VARIABLE} is 0 (leave out) or 1 (must), not {other}").into()),
    };
    if let Err(missing) = &built
        && wish != "0"
    {
        let (kind, lines) = if wish == "1" { ("error", 40) } else { ("warning", 8) };
        println!("cargo::{kind}=built without its web pages, because {}", missing.because);
        for line in missing.said.lines().take(lines) {
            println!("cargo::{kind}=  {line}");
        }
    }
    let dist = out.join("playground/dist");
    let table = match built {
        Ok(()) => table(&dist)?,
        Err(missing) => format!("Built {{ files: &[], missing: Some({:?}) }}", missing.because),
    };
    fs::write(out.join("playground.rs"), table)?;
    Ok(())
}

fn variable(name: &str) -> Result<String, Box<dyn Error>> {
    env::var(name).map_err(|_| format!("cargo did not set {name}").into())
}

/// Leaves the pages in `playground/dist` below `out`, unless what is there was built from the same.
fn build(source: &Path, out: &Path) -> io::Result<Result<(), Missing>> {
    let (work, stamp) = (out.join("playground"), out.join("playground.stamp"));
    let sources = read_sources(source)?;
    let mut hasher = DefaultHasher::new();
    sources.hash(&mut hasher);
    let state = format!("{:016x}", hasher.finish());
    if fs::read_to_string(&stamp).is_ok_and(|built| built == state) {
        return Ok(Ok(()));
    }
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    for (name, bytes) in &sources {
        let file = work.join(name);
        fs::create_dir_all(file.parent().unwrap_or(&work))?;
        fs::write(file, bytes)?;
    }
    let done = npm(&work, INSTALL).and_then(|()| npm(&work, &["run", "build"]));
    // Hundreds of megabytes that nothing needs any more.
    if work.join("node_modules").exists() {
        fs::remove_dir_all(work.join("node_modules"))?;
    }
    if done.is_ok() {
        fs::write(stamp, state)?;
    }
    Ok(done)
}

/// The files that the result depends on, with their paths, in order.
fn read_sources(source: &Path) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    for name in SOURCES {
        collect(source, &source.join(name), &mut files)?;
    }
    files.sort();
    Ok(files)
}

fn collect(root: &Path, path: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(root, &entry?.path(), files)?;
        }
        return Ok(());
    }
    let name = path.strip_prefix(root).map_err(io::Error::other)?;
    files.push((name.to_owned(), fs::read(path)?));
    Ok(())
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), Missing> {
    let called = format!("`npm {}`", arguments[..arguments.len().min(2)].join(" "));
    let output = Command::new(NPM)
        .args(arguments)
        .current_dir(folder)
        .env("npm_config_loglevel", "error")
        .env("npm_config_update_notifier", "false")
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = [output.stderr, output.stdout].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            Err(Missing { because: format!("{called} failed ({})", output.status), said })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            watch_for_npm();
            Err(Missing { because: "npm was not found".to_owned(), said: String::new() })
        }
        Err(error) => Err(Missing {
            because: format!("{called} cannot be run ({error})"),
            said: String::new(),
        }),
    }
}

/// Once npm is installed, the next build shall notice: a folder changes when a program comes to it.
fn watch_for_npm() {
    println!("cargo::rerun-if-env-changed=PATH");
    let folders = env::var_os("PATH").unwrap_or_default();
    for folder in env::split_paths(&folders).filter(|folder| folder.is_dir()) {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
}

/// The expression that the server includes.
fn table(dist: &Path) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    collect(dist, dist, &mut files)?;
    files.sort();
    let mut text = String::from("Built { missing: None, files: &[\n");
    for (name, bytes) in files {
        let name = name.to_str().ok_or("a file name is not text")?.replace('\\', "/");
        let path = name.strip_suffix(".gz").ok_or("the build left a file uncompressed")?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let (content_type, hash) = (content_type(path)?, hasher.finish());
        let at = dist.join(&name);
        writeln!(
            text,
            "File {{ path: {path:?}, content_type: {content_type:?}, etag: \"\\\"{hash:016x}\\\"\", \
             gzip: include_bytes!(r#\"{}\"#) }},",
            at.display()
        )?;
    }
    text.push_str("] }\n");
    Ok(text)
}

fn content_type(path: &str) -> Result<&'static str, String> {
    match Path::new(path).extension().and_then(|ending| ending.to_str()) {
        Some("html") => Ok("text/html; charset=utf-8"),
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        Some("ttf") => Ok("font/ttf"),
        Some("woff2") => Ok("font/woff2"),
        _ => Err(format!("the server does not know what {path} is; say it in playground/build.rs")),
    }
}
