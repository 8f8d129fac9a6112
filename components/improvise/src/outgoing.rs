//! Responses and their bodies.

use crate::instruction::Instruction;
use guest_http::bindings::wasi::http::types::{
    DnsErrorPayload, ErrorCode, FieldSizePayload, OutgoingBody, OutgoingResponse, ResponseOutparam,
    TlsAlertReceivedPayload,
};

pub fn call(i: &mut Instruction) -> Option<String> {
    let said = match i.name {
        "outgoing-response.new" => {
            let (to, headers) = (i.register(), i.give());
            i.keep(to, OutgoingResponse::new(headers));
            String::new()
        }
        "outgoing-response.set-status-code" => {
            let (response, status) = (i.lend::<OutgoingResponse>(), i.number());
            format!("{:?} {}", response.set_status_code(status), response.status_code())
        }
        "outgoing-response.headers" => {
            let (to, response) = (i.register(), i.lend::<OutgoingResponse>());
            i.keep(to, response.headers());
            String::new()
        }
        "outgoing-response.body" => {
            let (to, response) = (i.register(), i.lend::<OutgoingResponse>());
            match response.body() {
                Ok(body) => {
                    i.keep(to, body);
                    "ok".to_owned()
                }
                Err(()) => "taken".to_owned(),
            }
        }
        "outgoing-body.write" => {
            let (to, body) = (i.register(), i.lend::<OutgoingBody>());
            match body.write() {
                Ok(stream) => {
                    i.keep(to, stream);
                    "ok".to_owned()
                }
                Err(()) => "taken".to_owned(),
            }
        }
        "outgoing-body.finish" => {
            let (body, trailers) = (i.give(), i.give_some());
            format!("{:?}", OutgoingBody::finish(body, trailers))
        }
        "response-outparam.set" => {
            let (outparam, response) = (i.give(), i.give());
            ResponseOutparam::set(outparam, Ok(response));
            String::new()
        }
        "response-outparam.refuse" => {
            let outparam = i.give();
            let code = error_code(i);
            ResponseOutparam::set(outparam, Err(code));
            String::new()
        }
        _ => return None,
    };
    Some(said)
}

/// The error code of a number, with a text and a number inside where it takes any.
fn error_code(i: &mut Instruction) -> ErrorCode {
    let index: u32 = i.number();
    let text = i.next().is_some_and(|flag| flag == "some").then(|| i.text());
    let size = i.number::<u64>();
    let some_size = (size % 2 == 1).then_some(size);
    let small = some_size.map(|size| size as u32);
    let field = FieldSizePayload { field_name: text.clone(), field_size: small };
    match index % 39 {
        0 => ErrorCode::DnsTimeout,
        1 => ErrorCode::DnsError(DnsErrorPayload { rcode: text, info_code: some_size.map(|size| size as u16) }),
        2 => ErrorCode::DestinationNotFound,
        3 => ErrorCode::DestinationUnavailable,
        4 => ErrorCode::DestinationIpProhibited,
        5 => ErrorCode::DestinationIpUnroutable,
        6 => ErrorCode::ConnectionRefused,
        7 => ErrorCode::ConnectionTerminated,
        8 => ErrorCode::ConnectionTimeout,
        9 => ErrorCode::ConnectionReadTimeout,
        10 => ErrorCode::ConnectionWriteTimeout,
        11 => ErrorCode::ConnectionLimitReached,
        12 => ErrorCode::TlsProtocolError,
        13 => ErrorCode::TlsCertificateError,
        14 => ErrorCode::TlsAlertReceived(TlsAlertReceivedPayload {
            alert_id: some_size.map(|size| size as u8),
            alert_message: text,
        }),
        15 => ErrorCode::HttpRequestDenied,
        16 => ErrorCode::HttpRequestLengthRequired,
        17 => ErrorCode::HttpRequestBodySize(some_size),
        18 => ErrorCode::HttpRequestMethodInvalid,
        19 => ErrorCode::HttpRequestUriInvalid,
        20 => ErrorCode::HttpRequestUriTooLong,
        21 => ErrorCode::HttpRequestHeaderSectionSize(small),
        22 => ErrorCode::HttpRequestHeaderSize(text.is_some().then_some(field)),
        23 => ErrorCode::HttpRequestTrailerSectionSize(small),
        24 => ErrorCode::HttpRequestTrailerSize(field),
        25 => ErrorCode::HttpResponseIncomplete,
        26 => ErrorCode::HttpResponseHeaderSectionSize(small),
        27 => ErrorCode::HttpResponseHeaderSize(field),
        28 => ErrorCode::HttpResponseBodySize(some_size),
        29 => ErrorCode::HttpResponseTrailerSectionSize(small),
        30 => ErrorCode::HttpResponseTrailerSize(field),
        31 => ErrorCode::HttpResponseTransferCoding(text),
        32 => ErrorCode::HttpResponseContentCoding(text),
        33 => ErrorCode::HttpResponseTimeout,
        34 => ErrorCode::HttpUpgradeFailed,
        35 => ErrorCode::HttpProtocolError,
        36 => ErrorCode::LoopDetected,
        37 => ErrorCode::ConfigurationError,
        _ => ErrorCode::InternalError(text),
    }
}
