//! Spans as an OTLP export request, in protobuf. The message is small and settled (version 1 of the
//! protocol), so its few fields are written here rather than by a generator and its crates; a test
//! reads them with the published definitions.

use super::Span;

/// `SPAN_KIND_INTERNAL`.
const INTERNAL: u64 = 1;
/// `STATUS_CODE_ERROR`.
const ERROR: u64 = 2;

/// An `ExportTraceServiceRequest` of these spans of one service.
pub fn request(spans: &[Span], version: &str) -> Vec<u8> {
    let mut resource = Message::default();
    resource.message(1, &attribute("service.name", "bytestack"));
    resource.message(1, &attribute("service.version", version));
    let mut scope_spans = Message::default();
    for one in spans {
        scope_spans.message(2, &span(one));
    }
    let mut resource_spans = Message::default();
    resource_spans.message(1, &resource);
    resource_spans.message(2, &scope_spans);
    let mut request = Message::default();
    request.message(1, &resource_spans);
    request.0
}

fn span(span: &Span) -> Message {
    let start = u64::try_from(span.start.timestamp_nanos_opt().unwrap_or(0)).unwrap_or(0);
    let took = u64::try_from(span.took.as_nanos()).unwrap_or(u64::MAX);
    let mut message = Message::default();
    message.bytes(1, &span.trace);
    message.bytes(2, &span.id);
    if let Some(parent) = &span.parent {
        message.bytes(4, parent);
    }
    message.bytes(5, span.name.as_bytes());
    message.number(6, INTERNAL);
    message.fixed(7, start);
    message.fixed(8, start.saturating_add(took));
    for (name, value) in &span.attributes {
        message.message(9, &attribute(name, value));
    }
    if span.failed {
        let mut status = Message::default();
        status.number(3, ERROR);
        message.message(15, &status);
    }
    message
}

/// A `KeyValue` with a text.
fn attribute(name: &str, value: &str) -> Message {
    let mut any = Message::default();
    any.bytes(1, value.as_bytes());
    let mut attribute = Message::default();
    attribute.bytes(1, name.as_bytes());
    attribute.message(2, &any);
    attribute
}

/// A protobuf message as it is written: fields by number, each with how its value is laid out.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint((field << 3) | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, field: u64, number: u64) {
        self.varint(field << 3);
        self.varint(number);
    }

    fn fixed(&mut self, field: u64, number: u64) {
        self.varint((field << 3) | 1);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// Seven bits at a time, the least first; the eighth says that more follow.
    fn varint(&mut self, number: u64) {
        let mut rest = number;
        loop {
            let [seven, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                self.0.push(seven & 0x7f);
                return;
            }
            self.0.push(seven | 0x80);
        }
    }
}
