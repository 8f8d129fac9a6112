//! What the component says through `wasi:otel`.

use crate::wasi::clocks0_2_0::wall_clock::{Datetime, now};
use crate::wasi::otel::logs::{LogRecord, on_emit};
use crate::wasi::otel::metrics::{
    ExponentialBucket, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, GaugeDataPoint, Histogram,
    HistogramDataPoint, Metric, MetricData, MetricNumber, ResourceMetrics, ScopeMetrics, Sum, SumDataPoint,
    Temporality, export,
};
use crate::wasi::otel::tracing::{
    Event, Link, SpanContext, SpanData, SpanKind, Status, on_end, on_start, outer_span_context,
};
use crate::wasi::otel::types::{InstrumentationScope, KeyValue, Resource};

/// The query of a request.
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn new(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub fn text(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> usize {
        self.text(name).parse().unwrap_or(0)
    }
}

/// Ends a span below the host's, and answers its id.
pub fn span(name: &str, value: &str) -> String {
    let data = span_data(name, value, 1);
    on_start(&data.span_context);
    on_end(&data);
    data.span_context.span_id
}

pub fn spans(count: usize, length: usize) -> String {
    let value = format!("\"{}\"", "x".repeat(length));
    for number in 0..count {
        on_end(&span_data("one of many", &value, number as u64 + 1));
    }
    count.to_string()
}

pub fn broken() -> String {
    let moment = Datetime { seconds: u64::MAX, nanoseconds: u32::MAX };
    let deep = "[".repeat(30_000);
    let mut data = span_data("", &deep, 1);
    data.span_context.trace_id = "no id".to_owned();
    data.start_time = moment;
    on_start(&data.span_context);
    on_end(&data);
    let mut data = span_data("deep", &format!("{deep}{}", "]".repeat(30_000)), 2);
    data.start_time = moment;
    data.end_time = moment;
    data.parent_span_id = "\u{1b}[31mred".to_owned();
    on_end(&data);
    on_emit(&LogRecord { severity_number: Some(255), body: Some("{not json".to_owned()), ..record() });
    on_emit(&LogRecord { timestamp: Some(moment), trace_id: Some("x".repeat(100_000)), ..record() });
    metrics_of(vec![Metric {
        name: String::new(),
        description: String::new(),
        unit: String::new(),
        data: MetricData::F64Histogram(Histogram {
            data_points: vec![HistogramDataPoint {
                attributes: vec![],
                count: u64::MAX,
                bounds: vec![f64::NAN],
                bucket_counts: vec![],
                min: None,
                max: None,
                sum: MetricNumber::F64(f64::INFINITY),
                exemplars: vec![],
            }],
            start_time: moment,
            time: moment,
            temporality: Temporality::LowMemory,
        }),
    }])
}

pub fn log(body: &str) -> String {
    let outer = outer_span_context();
    on_emit(&LogRecord {
        body: Some(body.to_owned()),
        trace_id: Some(outer.trace_id),
        span_id: Some(outer.span_id),
        trace_flags: Some(outer.trace_flags),
        ..record()
    });
    "logged".to_owned()
}

fn record() -> LogRecord {
    LogRecord {
        timestamp: Some(now()),
        observed_timestamp: None,
        severity_text: Some("WARN".to_owned()),
        severity_number: Some(13),
        body: None,
        attributes: Some(vec![attribute("of", "\"log\"")]),
        event_name: None,
        resource: Some(resource()),
        instrumentation_scope: Some(scope()),
        trace_id: None,
        span_id: None,
        trace_flags: None,
    }
}

pub fn metrics() -> String {
    let time = now();
    let temporality = Temporality::Cumulative;
    let sum = |value: u64| Sum {
        data_points: vec![SumDataPoint {
            attributes: vec![attribute("kind", "\"sum\"")],
            value: MetricNumber::U64(value),
            exemplars: vec![],
        }],
        start_time: time,
        time,
        temporality,
        is_monotonic: true,
    };
    metrics_of(vec![
        metric("guest.sum", MetricData::U64Sum(sum(7))),
        metric(
            "guest.gauge",
            MetricData::F64Gauge(Gauge {
                data_points: vec![GaugeDataPoint {
                    attributes: vec![],
                    value: MetricNumber::F64(1.5),
                    exemplars: vec![],
                }],
                start_time: None,
                time,
            }),
        ),
        metric(
            "guest.histogram",
            MetricData::S64Histogram(Histogram {
                data_points: vec![HistogramDataPoint {
                    attributes: vec![],
                    count: 3,
                    bounds: vec![10.0],
                    bucket_counts: vec![1, 2],
                    min: Some(MetricNumber::S64(-1)),
                    max: Some(MetricNumber::S64(20)),
                    sum: MetricNumber::S64(30),
                    exemplars: vec![],
                }],
                start_time: time,
                time,
                temporality,
            }),
        ),
        metric(
            "guest.exponential",
            MetricData::F64ExponentialHistogram(ExponentialHistogram {
                data_points: vec![ExponentialHistogramDataPoint {
                    attributes: vec![],
                    count: 2,
                    min: None,
                    max: None,
                    sum: MetricNumber::F64(3.0),
                    scale: 1,
                    zero_count: 0,
                    positive_bucket: ExponentialBucket { offset: 0, counts: vec![1, 1] },
                    negative_bucket: ExponentialBucket { offset: 0, counts: vec![] },
                    zero_threshold: 0.0,
                    exemplars: vec![],
                }],
                start_time: time,
                time,
                temporality,
            }),
        ),
    ])
}

fn metrics_of(metrics: Vec<Metric>) -> String {
    let all = ResourceMetrics { resource: resource(), scope_metrics: vec![ScopeMetrics { scope: scope(), metrics }] };
    format!("{:?}", export(&all))
}

fn metric(name: &str, data: MetricData) -> Metric {
    Metric { name: name.to_owned(), description: "Of the guest.".to_owned(), unit: "1".to_owned(), data }
}

fn span_data(name: &str, value: &str, number: u64) -> SpanData {
    let outer = outer_span_context();
    let time = now();
    SpanData {
        span_context: SpanContext { span_id: format!("{number:016x}"), is_remote: false, ..outer.clone() },
        parent_span_id: outer.span_id.clone(),
        span_kind: SpanKind::Client,
        name: name.to_owned(),
        start_time: time,
        end_time: time,
        attributes: vec![attribute("value", value)],
        events: vec![Event { name: "half".to_owned(), time, attributes: vec![attribute("at", "1")] }],
        links: vec![Link { span_context: outer, attributes: vec![] }],
        status: Status::Error("it did not work".to_owned()),
        instrumentation_scope: scope(),
        dropped_attributes: 1,
        dropped_events: 0,
        dropped_links: 0,
    }
}

fn attribute(key: &str, value: &str) -> KeyValue {
    KeyValue { key: key.to_owned(), value: value.to_owned() }
}

fn resource() -> Resource {
    Resource { attributes: vec![attribute("service.name", "\"traced-guest\"")], schema_url: None }
}

fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: "traced".to_owned(),
        version: Some("1".to_owned()),
        schema_url: None,
        attributes: vec![],
    }
}
