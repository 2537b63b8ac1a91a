//! Why there is no answer, told from what the libraries report.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::Url;
use rustls::CertificateError;

/// Why there is no answer; messages are for whoever chose the address and name no internals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    #[error("{0}")]
    InvalidUrl(String),
    /// The address may not be reached from here.
    #[error("{0}")]
    Forbidden(String),
    #[error("{0}")]
    Dns(String),
    #[error("{0}")]
    Connect(String),
    #[error("{0}")]
    Tls(String),
    #[error("no whole answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The connection broke before the answer was whole, or the answer is not HTTP.
    #[error("{0}")]
    Broken(String),
}

impl NetError {
    /// Stable and in capitals, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl(_) => "URL_INVALID",
            Self::Forbidden(_) => "ADDRESS_FORBIDDEN",
            Self::Dns(_) => "DNS_FAILED",
            Self::Connect(_) => "CONNECT_FAILED",
            Self::Tls(_) => "TLS_FAILED",
            Self::Timeout(_) => "TIMEOUT",
            Self::Broken(_) => "CONNECTION_BROKEN",
        }
    }

    /// Says that the address was not the caller's own choice but where a redirect led.
    pub(super) fn after_redirect(self) -> Self {
        let told = |message: String| format!("after a redirect: {message}");
        match self {
            Self::InvalidUrl(message) => Self::InvalidUrl(told(message)),
            Self::Forbidden(message) => Self::Forbidden(told(message)),
            other => other,
        }
    }

    /// What went wrong before the head of an answer was there.
    pub(super) fn of_send(error: &reqwest::Error, url: &Url) -> Self {
        let place = place(url);
        if let Some(known) = of_causes(error, &place) {
            return known;
        }
        if error.is_builder() {
            return Self::InvalidUrl(format!("{place} cannot be asked for; check the address"));
        }
        let kind = io_kind(error);
        if !error.is_connect() {
            return Self::Broken(format!("{place} gave no HTTP answer before it hung up"));
        }
        // The connection stood already when it ended: only the agreement on TLS was left.
        if url.scheme() == "https" && kind == Some(io::ErrorKind::UnexpectedEof) {
            return Self::Tls(format!("{place} hung up instead of agreeing on TLS"));
        }
        let what = match kind {
            _ if error.is_timeout() && url.scheme() == "https" => {
                "does not accept connections, or does not agree on TLS, in time"
            }
            _ if error.is_timeout() => "does not accept connections in time",
            Some(io::ErrorKind::ConnectionRefused) => "refuses connections",
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => {
                "hung up while it was being connected to"
            }
            Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
                "cannot be reached over the network"
            }
            _ => "could not be connected to",
        };
        Self::Connect(format!("{place} {what}"))
    }

    /// What went wrong between the head of an answer and its last byte.
    pub(super) fn of_body(error: &reqwest::Error, url: &Url) -> Self {
        let place = place(url);
        let ended = format!("the answer of {place} ended before it was whole, or is damaged");
        match of_causes(error, &place) {
            Some(known @ Self::Tls(_)) if !is_cut_off(error) => known,
            _ => Self::Broken(ended),
        }
    }
}

/// Host and, where it is written, port.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A refusal of our own, or one of TLS, wherever it stands in the chain of causes.
fn of_causes(error: &reqwest::Error, place: &str) -> Option<NetError> {
    causes(error).find_map(|cause| {
        let own = cause.downcast_ref::<NetError>().cloned();
        let tls = || cause.downcast_ref::<rustls::Error>().map(|error| of_tls(error, place));
        own.or_else(tls)
    })
}

fn of_tls(error: &rustls::Error, place: &str) -> NetError {
    let certificate = |what: &str| format!("the certificate of {place} {what}");
    NetError::Tls(match error {
        rustls::Error::InvalidCertificate(fault) => certificate(match fault {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "is not valid yet"
            }
            CertificateError::UnknownIssuer => "is by an issuer that is not trusted here",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "is for another name"
            }
            CertificateError::Revoked => "is revoked",
            _ => "cannot be verified",
        }),
        rustls::Error::InvalidMessage(_) => format!("{place} does not speak TLS"),
        rustls::Error::AlertReceived(_) => format!("{place} refuses to agree on TLS"),
        _ => format!("{place} and this service do not agree on TLS"),
    })
}

fn is_cut_off(error: &reqwest::Error) -> bool {
    io_kind(error) == Some(io::ErrorKind::UnexpectedEof)
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let kinds = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    kinds.map(io::Error::kind).find(|kind| *kind != io::ErrorKind::Other)
}

/// The error and what lies behind it. An [`io::Error`] names as its source not the error it wraps but
/// the one behind that, so it is opened by hand.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}
