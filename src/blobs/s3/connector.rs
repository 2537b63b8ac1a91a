//! The S3 client's requests, sent through the guarded way out: no second HTTP client, no second TLS.

use std::time::Duration;

use aws_sdk_s3::config::RuntimeComponents;
use aws_sdk_s3::config::http::{HttpRequest, HttpResponse};
use aws_sdk_s3::error::ConnectorError;
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use axum::http::Response;
use reqwest::Body;
use reqwest::header::{ACCEPT_ENCODING, HeaderValue};

use crate::net::{Egress, NetError, Schemes};

/// Sends through an [`Egress`], whose connections all clients share.
#[derive(Clone, Debug)]
pub struct Through {
    egress: Egress,
    schemes: Schemes,
    head_within: Option<Duration>,
}

impl Through {
    pub fn new(egress: Egress, schemes: Schemes) -> Self {
        Self { egress, schemes, head_within: None }
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = outgoing(request)?;
        let sending = self.egress.forward(request, self.schemes);
        let answer = match self.head_within {
            None => sending.await,
            Some(time) => {
                let sent = tokio::time::timeout(time, sending).await;
                sent.unwrap_or(Err(NetError::Timeout(time)))
            }
        };
        let answer: Response<Body> = answer.map_err(refused)?.into();
        let answer = answer.map(SdkBody::from_body_1_x);
        HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl HttpClient for Through {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let head_within = settings.read_timeout();
        SharedHttpConnector::new(Self { head_within, ..self.clone() })
    }
}

impl HttpConnector for Through {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

fn outgoing(request: HttpRequest) -> Result<reqwest::Request, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let is_empty = request.body().content_length() == Some(0);
    let body = |body: SdkBody| if is_empty { Body::default() } else { Body::wrap(body) };
    let mut request: reqwest::Request =
        request.map(body).try_into().map_err(|error: reqwest::Error| {
            let message = format!("the store's address cannot be used: {error}");
            ConnectorError::user(NetError::InvalidUrl(message).into())
        })?;
    // What is stored is wanted as it is.
    let headers = request.headers_mut();
    headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
    Ok(request)
}

/// Whether another attempt may help is decided by this.
fn refused(error: NetError) -> ConnectorError {
    match error {
        NetError::Timeout(_) => ConnectorError::timeout(error.into()),
        NetError::Dns(_) | NetError::Connect(_) | NetError::Broken(_) => {
            ConnectorError::io(error.into())
        }
        NetError::Tls(_) => ConnectorError::other(error.into(), None),
        NetError::InvalidUrl(_) | NetError::Forbidden(_) => ConnectorError::user(error.into()),
    }
}
