//! Calls `wasi:sockets` 0.3: the arguments of the command are a call. Without arguments it is an echo server on the port of the variable
//! `PORT`, for TCP and UDP.

use exports::wasi::cli::run::Guest;
use wasi::cli::{environment, stdout};
use wasi::sockets::ip_name_lookup::{self, resolve_addresses};
use wasi::sockets::types::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress, TcpSocket, UdpSocket,
};
use wit_bindgen::StreamResult;

wit_bindgen::generate!({
    world: "kvasi:sockets-async/sockets-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/worlds/sockets-async.wit",
    ],
    generate_all,
});

struct Sockets;

export!(Sockets);

impl Guest for Sockets {
    async fn run() -> Result<(), ()> {
        let arguments = environment::get_arguments();
        let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
        let result = if words.is_empty() { serve(port()).await } else { call(&words).await };
        match result {
            Ok(text) => print(text).await,
            Err(code) => {
                print(format!("error {code:?}")).await;
                return Err(());
            }
        }
        Ok(())
    }
}

async fn call(words: &[&str]) -> Result<String, ErrorCode> {
    match *words {
        ["connect", address, text] => exchange(parse(address), text).await,
        ["lookup", name] => Ok(lookup(name).await),
        ["udp", address, text] => ask(parse(address), text).await,
        ["states"] => states().await,
        ["open", count] => open(count.parse().unwrap_or(0)),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

async fn serve(port: u16) -> Result<String, ErrorCode> {
    let listener = TcpSocket::create(IpAddressFamily::Ipv4)?;
    let any = parse(&format!("0.0.0.0:{port}"));
    listener.bind(any)?;
    let mut connections = listener.listen()?;
    let udp = UdpSocket::create(IpAddressFamily::Ipv4)?;
    udp.bind(any)?;
    wit_bindgen::spawn_local(async move {
        while let Ok((data, from)) = udp.receive().await {
            if udp.send(data, Some(from)).await.is_err() {
                break;
            }
        }
    });
    print(format!("listening on {}", show(listener.get_local_address()?))).await;
    while let Some(connection) = connections.next().await {
        wit_bindgen::spawn_local(async move {
            let (mut input, _received) = connection.receive();
            let (mut out, contents) = wit_stream::new();
            let sent = connection.send(contents);
            loop {
                let (result, bytes) = input.read(Vec::with_capacity(4096)).await;
                if !out.write_all(bytes).await.is_empty() || !matches!(result, StreamResult::Complete(_)) {
                    break;
                }
            }
            drop(out);
            let _ = sent.await;
        });
    }
    Ok("no more connections".to_owned())
}

async fn exchange(address: IpSocketAddress, text: &str) -> Result<String, ErrorCode> {
    let socket = TcpSocket::create(family(address))?;
    socket.connect(address).await?;
    let (mut out, contents) = wit_stream::new();
    let sent = socket.send(contents);
    out.write_all(text.as_bytes().to_vec()).await;
    drop(out);
    sent.await?;
    let (input, received) = socket.receive();
    // The streams keep the connection open.
    drop(socket);
    let bytes = input.collect().await;
    received.await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn ask(address: IpSocketAddress, text: &str) -> Result<String, ErrorCode> {
    let socket = UdpSocket::create(family(address))?;
    socket.connect(address)?;
    socket.send(text.as_bytes().to_vec(), None).await?;
    let (data, from) = socket.receive().await?;
    Ok(format!("{} from {}", String::from_utf8_lossy(&data), show(from)))
}

async fn lookup(name: &str) -> String {
    match resolve_addresses(name.to_owned()).await {
        Ok(found) => found.iter().map(|address| match address {
            IpAddress::Ipv4((a, b, c, d)) => format!("{a}.{b}.{c}.{d}"),
            IpAddress::Ipv6(groups) => format!("{groups:?}"),
        }).collect::<Vec<_>>().join(" "),
        Err(ip_name_lookup::ErrorCode::PermanentResolverFailure) => "permanent-resolver-failure".to_owned(),
        Err(code) => format!("{code:?}"),
    }
}

/// What is wrong in which state.
async fn states() -> Result<String, ErrorCode> {
    let socket = TcpSocket::create(IpAddressFamily::Ipv4)?;
    let (_, contents) = wit_stream::new();
    let (_, received) = socket.receive();
    let codes = [
        text(socket.get_local_address()),
        text(socket.send(contents).await),
        text(received.await),
        text(socket.bind(parse("[::1]:0"))),
        text(socket.connect(parse("0.0.0.0:80")).await),
        text(socket.connect(parse("127.0.0.1:1")).await),
        text(socket.connect(parse("127.0.0.1:1")).await),
        text(UdpSocket::create(IpAddressFamily::Ipv4)?.receive().await),
        text(UdpSocket::create(IpAddressFamily::Ipv4)?.disconnect()),
        text(TcpSocket::create(IpAddressFamily::Ipv4)?.connect(parse("10.0.0.1:80")).await),
    ];
    Ok(codes.join(" "))
}

fn open(count: usize) -> Result<String, ErrorCode> {
    let mut sockets = Vec::new();
    for _ in 0..count {
        match TcpSocket::create(IpAddressFamily::Ipv4) {
            Ok(socket) => sockets.push(socket),
            Err(code) => return Ok(format!("{} then {code:?}", sockets.len())),
        }
    }
    Ok(sockets.len().to_string())
}

fn text<T>(result: Result<T, ErrorCode>) -> String {
    result.map_or_else(|code| format!("{code:?}").replace("ErrorCode::", ""), |_| "ok".to_owned())
}

async fn print(text: String) {
    let (mut out, contents) = wit_stream::new();
    let printed = stdout::write_via_stream(contents);
    out.write_all(format!("{text}\n").into_bytes()).await;
    drop(out);
    let _ = printed.await;
}

fn port() -> u16 {
    let variables = environment::get_environment();
    let given = variables.iter().find(|(name, _)| name == "PORT");
    given.and_then(|(_, value)| value.parse().ok()).unwrap_or(7777)
}

fn family(address: IpSocketAddress) -> IpAddressFamily {
    match address {
        IpSocketAddress::Ipv4(_) => IpAddressFamily::Ipv4,
        IpSocketAddress::Ipv6(_) => IpAddressFamily::Ipv6,
    }
}

fn parse(text: &str) -> IpSocketAddress {
    match text.parse() {
        Ok(std::net::SocketAddr::V4(address)) => {
            let [a, b, c, d] = address.ip().octets();
            IpSocketAddress::Ipv4(Ipv4SocketAddress { port: address.port(), address: (a, b, c, d) })
        }
        Ok(std::net::SocketAddr::V6(address)) => {
            let [a, b, c, d, e, f, g, h] = address.ip().segments();
            IpSocketAddress::Ipv6(Ipv6SocketAddress {
                port: address.port(),
                flow_info: 0,
                address: (a, b, c, d, e, f, g, h),
                scope_id: 0,
            })
        }
        Err(_) => IpSocketAddress::Ipv4(Ipv4SocketAddress { port: 0, address: (0, 0, 0, 0) }),
    }
}

fn show(address: IpSocketAddress) -> String {
    match address {
        IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (a, b, c, d) }) => format!("{a}.{b}.{c}.{d}:{port}"),
        IpSocketAddress::Ipv6(Ipv6SocketAddress { port, address, .. }) => format!("{address:?}:{port}"),
    }
}
