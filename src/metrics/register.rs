//! Making metrics: every name begins with the program's, and is registered once.

use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, core::Collector,
};

/// The content type of the text.
pub const MEDIA_TYPE: &str = prometheus::TEXT_FORMAT;

/// A metric could not be made or written.
#[derive(Debug, thiserror::Error)]
#[error("the metrics cannot be kept: {0}")]
pub struct MetricsError(#[from] prometheus::Error);

type Made<T> = Result<T, MetricsError>;

/// Metrics are registered here as they are made.
#[derive(Default)]
pub(super) struct Register(Registry);

impl Register {
    pub fn done(self) -> Registry {
        self.0
    }

    pub fn counter(&self, name: &str, help: &str) -> Made<IntCounter> {
        self.add(IntCounter::with_opts(opts(name, help))?)
    }

    pub fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Made<IntCounterVec> {
        self.add(IntCounterVec::new(opts(name, help), labels)?)
    }

    pub fn gauge(&self, name: &str, help: &str) -> Made<IntGauge> {
        self.add(IntGauge::with_opts(opts(name, help))?)
    }

    pub fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Made<IntGaugeVec> {
        self.add(IntGaugeVec::new(opts(name, help), labels)?)
    }

    pub fn seconds(&self, name: &str, help: &str) -> Made<Gauge> {
        self.add(Gauge::with_opts(opts(name, help))?)
    }

    pub fn seconds_by(&self, name: &str, help: &str, labels: &[&str]) -> Made<GaugeVec> {
        self.add(GaugeVec::new(opts(name, help), labels)?)
    }

    pub fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Made<Histogram> {
        self.add(Histogram::with_opts(histogram_opts(name, help, buckets))?)
    }

    pub fn histograms(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: &[f64],
    ) -> Made<HistogramVec> {
        self.add(HistogramVec::new(histogram_opts(name, help, buckets), labels)?)
    }

    fn add<C: Collector + Clone + 'static>(&self, metric: C) -> Made<C> {
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }
}

fn opts(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace("bytestack")
}

fn histogram_opts(name: &str, help: &str, buckets: &[f64]) -> HistogramOpts {
    HistogramOpts::new(name, help).namespace("bytestack").buckets(buckets.to_vec())
}
