//! A program of the README as somebody would keep it: in a file of its own, compiled where it must be.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::text::blocks;

const CARGO_TOML: &str = include_str!("../../clients/rust/Cargo.toml");
const CARGO_LOCK: &str = include_str!("../../clients/rust/Cargo.lock");

const DEADLINE: Duration = Duration::from_secs(30);

/// The folder of interpreters and packages.
#[expect(clippy::disallowed_methods, reason = "the test command names the folder")]
pub fn clients() -> PathBuf {
    let folder = std::env::var_os("BYTESTACK_TEST_CLIENTS").map(PathBuf::from);
    folder
        .expect("BYTESTACK_TEST_CLIENTS is not set; tests/run installs what this needs and sets it")
}

/// A program, ready to run in a folder of its own.
pub struct Program {
    words: Vec<PathBuf>,
    folder: TempDir,
}

impl Program {
    /// The block of a section whose first line names this file.
    pub fn of(heading: &str, name: &str) -> Self {
        let (stem, ending) = name.split_once('.').unwrap();
        let (language, comment) = match ending {
            "sh" => ("sh", "# "),
            "py" => ("python", "# "),
            "mjs" => ("js", "// "),
            "go" => ("go", "// "),
            "rs" => ("rust", "// "),
            _ => panic!("no language has files like {name}"),
        };
        let named = |block: &&str| {
            let line = block.lines().next().and_then(|line| line.strip_prefix(comment));
            line.is_some_and(|line| line.split([' ', ':']).next() == Some(name))
        };
        let code = blocks(heading, language).into_iter().find(named);
        let code = code.unwrap_or_else(|| panic!("no block of {heading:?} is {name}"));

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        fs::write(&file, code).unwrap();
        let words = match language {
            "sh" => vec!["bash".into(), file],
            "python" => vec![clients().join("venv/bin/python"), file],
            "js" => {
                let packages = clients().join("node_modules");
                std::os::unix::fs::symlink(packages, folder.path().join("node_modules")).unwrap();
                vec!["node".into(), file]
            }
            "go" => vec![build_go(&file)],
            _ => vec![build_rust(stem, code)],
        };
        Self { words, folder }
    }

    /// Where it runs and leaves its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What runs it, with no environment but the path.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).current_dir(self.folder()).env_clear();
        keep(&mut command, &["PATH"]);
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        self.run_with_input(arguments, environment, b"")
    }

    /// Runs it to its end with these bytes on standard input.
    pub fn run_with_input(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: &[u8],
    ) -> Ended {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(input).unwrap();
        file.rewind().unwrap();
        let mut command = self.command();
        let ran = command.args(arguments).envs(environment.iter().copied()).stdin(file).output();
        Ended::of(&ran.unwrap())
    }

    /// Starts it, to run until it is dropped.
    pub fn start(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        let mut command = self.command();
        command.args(arguments).envs(environment.iter().copied());
        Running::of(command.stdin(Stdio::null()))
    }
}

/// A program that runs on; what it complains about goes to the test's own standard error.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        // Ends with the process, whose end closes the pipe.
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line it prints, or `None` once it has ended.
    pub fn next_line(&self) -> Option<String> {
        match self.lines.recv_timeout(DEADLINE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it printed nothing for {DEADLINE:?}"),
        }
    }

    /// The address it says it listens on.
    pub fn listening(&self) -> String {
        let line = self.next_line().expect("it ended at once");
        line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    /// Whether it ends with success, waited for.
    pub fn ends_well(mut self) -> bool {
        while self.next_line().is_some() {}
        self.child.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// How a program ended and what it said.
#[derive(Debug)]
pub struct Ended {
    pub is_success: bool,
    pub printed: String,
    pub complained: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            is_success: output.status.success(),
            printed: text(&output.stdout),
            complained: text(&output.stderr),
        }
    }
}

/// Passes on these variables of the test's own environment.
#[expect(clippy::disallowed_methods, reason = "compilers are found as the test itself found them")]
fn keep(command: &mut Command, names: &[&str]) {
    command.envs(names.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
}

fn must_succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {:#?}", Ended::of(&output));
}

/// Compiled with nothing but the standard library: no module is ever asked for.
fn build_go(file: &Path) -> PathBuf {
    let program = file.with_extension("");
    let mut command = Command::new(clients().join("venv/bin/go"));
    command.args(["build", "-o"]).arg(&program).arg(file).current_dir(file.parent().unwrap());
    command.env_clear().envs([
        ("GOTOOLCHAIN", "local"),
        ("GOPROXY", "off"),
        ("GOFLAGS", "-mod=mod"),
    ]);
    command.env("GOCACHE", clients().join("go-cache")).env("GOPATH", clients().join("go-path"));
    command.env("HOME", clients()).env("CGO_ENABLED", "0");
    keep(&mut command, &["PATH"]);
    must_succeed(&mut command);
    program
}

/// Compiled with the pinned crates. The folder is the same on every run of a checkout, so that what was
/// compiled is found again; its hash keeps checkouts that share the cache apart.
fn build_rust(stem: &str, code: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme").join(stem);
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    let name = format!("{stem}-{:x}", hasher.finish());
    fs::create_dir_all(folder.join("src/bin")).unwrap();
    write_if_other(&folder.join("Cargo.toml"), CARGO_TOML);
    write_if_other(&folder.join("Cargo.lock"), CARGO_LOCK);
    write_if_other(&folder.join(format!("src/bin/{name}.rs")), code);

    let target = clients().join("target");
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--locked", "--offline"]).current_dir(&folder).env_clear();
    command.env("CARGO_TARGET_DIR", &target).env("CARGO_PROFILE_DEV_DEBUG", "0");
    keep(&mut command, &["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"]);
    must_succeed(&mut command);
    target.join("debug").join(name)
}

fn write_if_other(file: &Path, text: &str) {
    if fs::read_to_string(file).is_ok_and(|found| found == text) {
        return;
    }
    let aside = tempfile::NamedTempFile::new_in(file.parent().unwrap()).unwrap();
    fs::write(aside.path(), text).unwrap();
    aside.persist(file).unwrap();
}
