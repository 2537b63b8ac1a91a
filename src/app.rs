//! The composition root: settings become a running service. `serve` and the tests use the same way.

mod blobs;
mod look;
mod master_key;
mod node;
mod rotation;
mod sweeper;
mod traces;
mod worker;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::{DatabaseUrl, Role, Settings};
use crate::deliveries::{BucketOptions, WebhookOptions};
use crate::domain::Domain;
use crate::domain::dataset::StoredDatasets;
use crate::domain::pace::StoredBuckets;
use crate::domain::workspace::{FirstStart, GivenSecrets};
use crate::error::Error;
use crate::graphql;
use crate::http::{
    self, Connections, Documents, DocumentsError, Pages, Revocations, Shared, Sharing, Trusted, Web,
};
use crate::llm::{Llm, Patience};
use crate::metrics::{Metrics, MetricsError};
use crate::net::{Egress, NetError};
use crate::queue::QueueOptions;
use crate::runner::Observer;
use crate::scheduler;
use crate::sources::pace::Buckets;
use crate::sources::{DatasetSource, Registry};
use crate::store::{Place, Store, StoreError};
use crate::telemetry::traces::Traces;
use node::Node;
use sweeper::Kept;

pub use crate::store::Schema;
pub use look::{look, require_database};
pub use rotation::{Rotated, RotationArgs, rotate};
pub use worker::Worker;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How long open requests and sockets may take to end once a stop was asked for.
const GRACE: Duration = Duration::from_secs(10);
/// How long a stop may take in all, whatever hangs: the grace times of requests, sockets and tasks go by
/// together, then tasks are given back and the writer writes what it has accepted.
const STOP_WITHIN: Duration = Duration::from_secs(25);

/// Why the service cannot start; the message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{what}: {cause}")]
    Io { what: String, cause: io::Error },
    #[error(
        "another `serve` runs on {0}, or an `ask` that has not ended; nodes that share work need PostgreSQL"
    )]
    InUse(String),
    #[error("there is no database at {0}: nothing to look at")]
    NoDatabase(String),
    #[error("{0}")]
    NotSupported(String),
    #[error("{place} cannot be used for blobs: {why}")]
    Blobs { place: String, why: String },
    #[error("{0}")]
    MasterKey(String),
    #[error("requests cannot be sent: {0}")]
    Egress(#[from] NetError),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl StartError {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { what: what.into(), cause }
    }

    /// Whether somebody else listens on the address.
    pub fn is_address_taken(&self) -> bool {
        matches!(self, Self::Io { cause, .. } if cause.kind() == io::ErrorKind::AddrInUse)
    }
}

/// What is open without serving: for commands that look at or change what is stored.
pub struct Opened {
    pub domain: Domain,
    store: Store,
    blobs: Blobs,
    egress: Egress,
}

impl Opened {
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// Opens what the settings name, and makes it where it is not there.
///
/// # Errors
/// When something cannot be opened, or the settings ask for what this version does not have.
pub async fn open(
    settings: &Settings,
    clock: Clock,
    public_url: &str,
    schema: Schema,
) -> Result<Opened, StartError> {
    let make = |folder: &std::path::Path| {
        std::fs::create_dir_all(folder)
            .map_err(StartError::io(format!("cannot make {}", folder.display())))
    };
    make(&settings.data_dir)?;
    // Before the database: a start that is refused leaves none.
    let blobs = blobs::open(settings)?;
    let place = match &settings.database {
        DatabaseUrl::Sqlite(path) => {
            path.parent().map_or(Ok(()), make)?;
            Place::Sqlite(path.clone())
        }
        DatabaseUrl::Postgres(url) => {
            Place::Postgres { url: url.clone(), schema, poll_only: settings.poll_only }
        }
    };
    let master_key = master_key::load(settings)?;
    let store = Store::open(&place, master_key, Metrics::new(VERSION)?).await?;
    let files = StoredDatasets { store: store.clone(), blobs: blobs.clone() };
    let egress = Egress::new(&settings.allow_private)?;
    let buckets: Arc<dyn Buckets> = Arc::new(StoredBuckets { store: store.clone() });
    let datasets = DatasetSource::new(Arc::new(files));
    let registry = Registry::default().with("dataset", Arc::new(datasets)).with_web(
        &settings.sources,
        &egress,
        &clock,
        &buckets,
    );
    let model = |llm| Llm::new(llm, clock.clone(), Patience::default());
    let llm = settings.llm.as_ref().map(model).transpose()?;
    let domain =
        Domain::new(store.clone(), clock, blobs.clone(), registry, egress.clone(), public_url)
            .with_rate_limit(settings.rate_limit)
            .with_download_cache(settings.download_cache)
            .with_llm(llm);
    Ok(Opened { domain, store, blobs, egress })
}

/// A running service.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What was made at a first start, to be shown once.
    pub first_start: Option<FirstStart>,
    pub domain: Domain,
    store: Store,
    stop: CancellationToken,
    sockets: TaskTracker,
    tasks: JoinSet<()>,
    _node: Node,
}

/// How work is done; tests have other times than operators.
#[derive(Clone, Default)]
pub struct WorkOptions {
    pub queue: QueueOptions,
    pub webhooks: WebhookOptions,
    pub buckets: BucketOptions,
    /// Hears how each run goes on.
    pub observer: Option<Arc<dyn Observer>>,
}

/// Starts everything the roles ask for.
///
/// # Errors
/// When something cannot be opened or the address is taken.
pub async fn start(
    settings: &Settings,
    clock: Clock,
    options: WorkOptions,
) -> Result<Running, StartError> {
    // First of all: what is shown once at a first start must not be lost by what is wrong here.
    let trusted = Trusted::load(settings.documents, settings.documents_dir.as_deref()).await?;
    std::fs::create_dir_all(&settings.data_dir)
        .map_err(StartError::io(format!("cannot make {}", settings.data_dir.display())))?;
    let node = Node::lock(&settings.data_dir)?;
    let ignored = settings.without_effect();
    if !ignored.is_empty() {
        tracing::warn!(settings = ignored.join(", "), "given, but without effect in this version");
    }
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(StartError::io(format!("cannot listen on {}", settings.listen)))?;
    let address = listener.local_addr().map_err(StartError::io("the address is not known"))?;
    let own_url = format!("http://{address}");
    let public_url = settings.public_url.as_deref().unwrap_or(&own_url);
    let mut opened = open(settings, clock.clone(), public_url, Schema::MigrateEmpty).await?;
    blobs::check(settings, &opened.blobs, &clock).await?;
    // Nodes of one database share a folder, and another may be writing there.
    if matches!(settings.database, DatabaseUrl::Sqlite(_)) {
        let cleared = opened.blobs.clear_unfinished();
        cleared.map_err(StartError::io("cannot clear unfinished blobs"))?;
    }
    let first_start = opened.domain.ensure_first_workspace(&given_secrets(settings)).await?;
    let boot = opened.store.boot_node(node.id(), clock.now().timestamp_millis()).await?;

    let stop = CancellationToken::new();
    let sockets = TaskTracker::new();
    let mut tasks = JoinSet::new();
    if let Some(endpoint) = &settings.otlp_endpoint {
        let (taken, spans) = Traces::taken();
        opened.domain = opened.domain.with_traces(taken);
        let way = Egress::to_operators(endpoint)?;
        tasks.spawn(traces::send(endpoint.clone(), way, spans, stop.clone()));
    }
    if settings.roles.contains(&Role::Worker) {
        let kept = Kept::of(settings.event_days, settings.audit_days);
        opened.spawn_workers(node.id(), boot, settings, options, &stop, &mut tasks);
        tasks.spawn(sweeper::delete(opened.domain.clone(), stop.clone()));
        tasks.spawn(sweeper::run(opened.domain.clone(), kept, stop.clone()));
    }
    let Opened { domain, store, .. } = opened;
    if settings.roles.contains(&Role::Scheduler) {
        tasks.spawn(scheduler::run(domain.clone(), stop.clone()));
    }
    tasks.spawn(sweeper::forget_unpacked(domain.clone(), stop.clone()));
    let schema = graphql::build(domain.clone(), settings.introspection);
    let operations = graphql::Operations::new(domain.clone(), settings.introspection);
    let documents = Documents::new(trusted);
    let web = Shared {
        domain: domain.clone(),
        sharing: Sharing::new(schema, documents.clone()),
        operations,
        documents,
        pages: Pages::of_this_build(settings.pages),
        connections: Connections::new(settings.connections_per_key),
        revocations: Revocations::new(domain.clone()),
        stop: stop.clone(),
        sockets: sockets.clone(),
    };
    tasks.spawn(serve(listener, web.into(), settings.roles.contains(&Role::Api), stop.clone()));
    Ok(Running { address, first_start, domain, store, stop, sockets, tasks, _node: node })
}

async fn serve(listener: TcpListener, web: Web, has_api: bool, stop: CancellationToken) {
    let router = if has_api { http::router(web) } else { http::health_router(web) };
    // What is small is sent at once, not with what comes next.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps small pieces back");
        }
    });
    let serving =
        axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    let too_late = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => {
            if let Err(error) = served {
                tracing::error!(%error, "the server ended");
            }
        }
        () = too_late => tracing::warn!("some requests did not end in time"),
    }
}

/// The secrets in the settings, for the first workspace.
pub(crate) fn given_secrets(settings: &Settings) -> GivenSecrets {
    let text = |secret: &Option<secrecy::SecretString>| {
        secret.as_ref().map(|secret| secret.expose_secret().to_owned())
    };
    GivenSecrets {
        api_key: text(&settings.api_key),
        webhook_secret: text(&settings.webhook_secret),
    }
}

impl Running {
    /// Stops taking requests, tells open sockets, lets running jobs end or gives them back, and
    /// writes what was accepted. What does not end in time is cut off; the answer is whether all did.
    pub async fn stop(mut self) -> bool {
        self.stop.cancel();
        self.sockets.close();
        let ended = tokio::time::timeout(STOP_WITHIN, self.drain()).await.is_ok();
        if !ended {
            tracing::error!("the stop is cut off: something did not end in time");
        }
        ended
    }

    async fn drain(&mut self) {
        let told = self.sockets.wait();
        if tokio::time::timeout(GRACE, told).await.is_err() {
            tracing::warn!("some sockets did not end in time");
        }
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the service ended badly");
            }
        }
        self.store.close().await;
    }

    /// Waits until no task is left, of any workspace.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn idle(&self) -> Result<(), StoreError> {
        let mut settled = self.watch_settled();
        while !self.store.unfinished_tasks().await?.is_empty() {
            settled.changed().await.map_err(|_| StoreError::Closed)?;
        }
        Ok(())
    }

    /// A receiver that changes when tasks of this process end or are put off from now on.
    pub fn watch_settled(&self) -> watch::Receiver<()> {
        self.store.wakes().watch_settled()
    }

    /// Tasks that are not finished, of all workspaces.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unfinished_tasks(&self) -> Result<Vec<String>, StoreError> {
        self.store.unfinished_tasks().await
    }
}
