use std::sync::Arc;

use reqwest::Certificate;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::server::{ok, read_request};
use super::*;

struct TlsServer {
    port: u16,
    certificate: Certificate,
    _tasks: JoinSet<()>,
}

/// Serves with a certificate for `name` that it signed itself; `bytes`, then a hard end of the connection.
async fn serve(name: &str, bytes: Vec<u8>) -> TlsServer {
    // A provider must be there before a server can be made without naming one.
    egress(&[]);
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let certificate = Certificate::from_der(made.cert.der()).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if read_request(&mut stream).await.is_some() {
                stream.write_all(&bytes).await.unwrap();
                stream.flush().await.unwrap();
            }
        }
    });
    TlsServer { port, certificate, _tasks: tasks }
}

async fn ask(server: &TlsServer, trusted: bool) -> Result<Response, NetError> {
    let roots = if trusted { vec![server.certificate.clone()] } else { Vec::new() };
    let allow = vec![host("localhost", server.port)];
    let egress = Egress::with(&Options { allow, roots, ..Options::default() }).unwrap();
    let url = format!("https://localhost:{}/", server.port);
    egress.send(Request { schemes: Schemes::Https, ..get(url) }).await
}

fn tls_message(answered: Result<Response, NetError>) -> String {
    let error = answered.unwrap_err();
    assert_eq!(error.code(), "TLS_FAILED", "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_is_accepted_and_another_is_not() {
    let server = serve("localhost", ok("sealed")).await;
    assert_eq!(ask(&server, true).await.unwrap().body, b"sealed");
    let message = tls_message(ask(&server, false).await);
    assert!(message.ends_with("is by an issuer that is not trusted here"), "{message}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = serve("other.example", ok("sealed")).await;
    let message = tls_message(ask(&server, true).await);
    assert!(message.ends_with("is for another name"), "{message}");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_told_apart() {
    let cases = [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS"),
        ("", "hung up instead of agreeing on TLS"),
    ];
    for (bytes, expected) in cases {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 4096];
            assert!(stream.read(&mut hello).await.unwrap() > 0);
            stream.write_all(bytes.as_bytes()).await.unwrap();
        });
        let message = tls_message(send(get(format!("https://{address}/"))).await);
        assert_eq!(message, format!("{address} {expected}"));
    }
}

#[tokio::test]
async fn a_body_that_only_the_end_of_the_connection_ends_must_be_ended_by_tls() {
    let server = serve("localhost", b"HTTP/1.1 200 OK\r\n\r\nhalf of i".to_vec()).await;
    let error = ask(&server, true).await.unwrap_err();
    assert!(matches!(error, NetError::Broken(_)), "{error:?}");
}
