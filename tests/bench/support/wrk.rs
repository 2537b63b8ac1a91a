//! The load generator that the peers are measured with, where it is installed: so both have the same client.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::Command;

use serde_json::Value;
use tokio::task::spawn_blocking;

/// Asks for the paths in turn; says at the end what it saw.
const SCRIPT: &str = r#"
local requests, at = {}, 0
function init()
  for path in io.lines(os.getenv("PATHS")) do requests[#requests + 1] = wrk.format("GET", path) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('JSON {"requests":%d,"us":%d,"bytes":%d,"p99_us":%d,"failed":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(99), failed))
end
"#;

/// What one run saw.
pub struct Seen {
    pub per_second: f64,
    pub bytes_per_second: f64,
    pub p99_ms: f64,
}

pub fn is_there() -> bool {
    Command::new("wrk").arg("-v").output().is_ok()
}

/// Gets the paths over so many connections, one request at a time on each.
pub async fn get(
    server: SocketAddr,
    paths: &[String],
    headers: &[(&str, &str)],
    connections: usize,
    seconds: u64,
) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let (script, list) = (folder.path().join("get.lua"), folder.path().join("paths"));
    std::fs::write(&script, SCRIPT).unwrap();
    let mut lines = String::new();
    for path in paths {
        writeln!(lines, "{path}").unwrap();
    }
    std::fs::write(&list, lines).unwrap();
    let mut command = Command::new("wrk");
    command
        .args([
            "-t1",
            &format!("-c{connections}"),
            &format!("-d{seconds}s"),
            "--timeout",
            "10s",
            "-s",
        ])
        .arg(&script)
        .env("PATHS", &list);
    for (name, value) in headers {
        command.args(["-H", &format!("{name}: {value}")]);
    }
    command.arg(format!("http://{server}/"));
    let output = spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("JSON "));
    let seen: Value = serde_json::from_str(line.unwrap_or_else(|| panic!("wrk: {text}"))).unwrap();
    assert_eq!(seen["failed"], 0, "{seen}");
    let number = |name: &str| seen[name].as_f64().unwrap();
    let took = number("us") / 1e6;
    Seen {
        per_second: number("requests") / took,
        bytes_per_second: number("bytes") / took,
        p99_ms: number("p99_us") / 1_000.0,
    }
}
