//! nginx, where it is installed: it sends the same bytes to the same client, and asks nobody for a key.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// As many workers as the machine that the figures are of has cores, no log, and the files kept open.
const CONFIGURATION: &str = r"
daemon off; master_process on; worker_processes 2; pid FOLDER/pid; error_log FOLDER/error.log; USER
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; gzip off;
  open_file_cache max=10000 inactive=10m; open_file_cache_valid 10m;
  types { application/json json; }
  client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
  server { listen ADDRESS; root FOLDER/files; }
}
";

/// Ended when dropped.
pub struct Nginx {
    process: Child,
    pub address: SocketAddr,
    _folder: TempDir,
}

impl Nginx {
    /// Serves these files, each at `/{name}`; none where it is not installed.
    pub async fn start(files: impl Iterator<Item = (String, Vec<u8>)>) -> Option<Self> {
        Command::new("nginx").arg("-v").output().ok()?;
        let folder = tempfile::Builder::new().permissions(readable()).tempdir().unwrap();
        let at = folder.path();
        std::fs::create_dir(at.join("files")).unwrap();
        for (name, bytes) in files {
            std::fs::write(at.join("files").join(name), bytes).unwrap();
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        // Only root may name whom the workers run as.
        let is_root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(at).unwrap()) == 0;
        let text = CONFIGURATION
            .replace("USER", if is_root { "user root;" } else { "" })
            .replace("FOLDER", &at.to_string_lossy())
            .replace("ADDRESS", &address.to_string());
        std::fs::write(at.join("nginx.conf"), text).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-c").arg(at.join("nginx.conf")).arg("-e").arg(at.join("error.log"));
        let process = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let started = Self { process, address, _folder: folder };
        for _ in 0..100 {
            if TcpStream::connect(address).is_ok() {
                return Some(started);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nginx does not listen");
    }
}

fn readable() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o755)
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers when it is asked to, not when it is killed.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        drop(asked.and_then(|_| self.process.wait()));
    }
}
