//! What a line may say.

use crate::wasi::io::poll::{self, Pollable};
use crate::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::wasi::sockets::instance_network::instance_network;
use crate::wasi::sockets::ip_name_lookup::resolve_addresses;
use crate::wasi::sockets::network::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use crate::wasi::sockets::tcp::{ShutdownType, TcpSocket};
use crate::wasi::sockets::tcp_create_socket::create_tcp_socket;
use crate::wasi::sockets::udp::{IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream, UdpSocket};
use crate::wasi::sockets::udp_create_socket::create_udp_socket;

type Answer = Result<String, ErrorCode>;

pub fn call(words: &[&str]) -> Answer {
    match *words {
        // Sends a text, says that it was all, and answers what comes.
        ["connect", address, text] => exchange(parse(address), text),
        // Connects, and closes without a word.
        ["knock", address] => connect(parse(address)).map(|_| "connected".to_owned()),
        ["lookup", name] => lookup(name),
        ["bind", address] => {
            let address = parse(address);
            let socket = create_tcp_socket(family(address))?;
            bind(&socket, address)?;
            Ok(show(socket.local_address()?))
        }
        // Opens as many sockets as it can, up to so many.
        ["open", count] => open(count.parse().unwrap_or(0)),
        // Connects as often as it can, up to so often.
        ["crowd", address, count] => crowd(parse(address), count.parse().unwrap_or(0)),
        ["udp", address, text] => ask(parse(address), text),
        ["wait", address] => wait(parse(address)),
        ["states"] => states(),
        ["options"] => options(),
        ["count", address] => count(parse(address)),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

/// Echoes what comes over TCP, and each datagram.
pub fn serve(port: u16) -> Answer {
    let listener = create_tcp_socket(IpAddressFamily::Ipv4)?;
    let any = parse(&format!("0.0.0.0:{port}"));
    bind(&listener, any)?;
    listener.start_listen()?;
    listener.finish_listen()?;
    let socket = create_udp_socket(IpAddressFamily::Ipv4)?;
    socket.start_bind(&instance_network(), any)?;
    socket.finish_bind()?;
    let (datagrams, replies) = socket.stream(None)?;
    crate::wasi::cli::stdout::get_stdout()
        .blocking_write_and_flush(format!("listening on {}\n", show(listener.local_address()?)).as_bytes())
        .ok();
    let mut connections: Vec<(TcpSocket, InputStream, OutputStream)> = Vec::new();
    loop {
        let mut waiting: Vec<Pollable> = vec![listener.subscribe(), datagrams.subscribe()];
        waiting.extend(connections.iter().map(|(_, input, _)| input.subscribe()));
        poll::poll(&waiting.iter().collect::<Vec<_>>());
        drop(waiting);
        match listener.accept() {
            Ok((socket, input, output)) => connections.push((socket, input, output)),
            Err(ErrorCode::WouldBlock) => {}
            Err(code) => return Err(code),
        }
        for datagram in datagrams.receive(16)? {
            reply(&replies, datagram.data, datagram.remote_address)?;
        }
        connections.retain(|(_, input, output)| echo(input, output).is_ok());
    }
}

/// Passes on what has come.
fn echo(input: &InputStream, output: &OutputStream) -> Result<(), StreamError> {
    let bytes = input.read(4096)?;
    write(output, &bytes)
}

fn reply(out: &OutgoingDatagramStream, data: Vec<u8>, to: IpSocketAddress) -> Result<(), ErrorCode> {
    while out.check_send()? == 0 {
        out.subscribe().block();
    }
    out.send(&[OutgoingDatagram { data, remote_address: Some(to) }]).map(|_| ())
}

fn exchange(address: IpSocketAddress, text: &str) -> Answer {
    let (socket, input, output) = connect(address)?;
    write(&output, text.as_bytes()).map_err(|_| ErrorCode::ConnectionReset)?;
    socket.shutdown(ShutdownType::Send)?;
    let mut answer = Vec::new();
    loop {
        match input.blocking_read(4096) {
            Ok(bytes) => answer.extend(bytes),
            Err(StreamError::Closed) => return Ok(String::from_utf8_lossy(&answer).into_owned()),
            Err(StreamError::LastOperationFailed(error)) => return Ok(format!("broken {}", error.to_debug_string())),
        }
    }
}

fn write(output: &OutputStream, bytes: &[u8]) -> Result<(), StreamError> {
    bytes.chunks(4096).try_for_each(|chunk| output.blocking_write_and_flush(chunk))
}

fn connect(address: IpSocketAddress) -> Result<(TcpSocket, InputStream, OutputStream), ErrorCode> {
    let socket = create_tcp_socket(family(address))?;
    let (input, output) = connect_with(&socket, address)?;
    Ok((socket, input, output))
}

fn connect_with(socket: &TcpSocket, address: IpSocketAddress) -> Result<(InputStream, OutputStream), ErrorCode> {
    socket.start_connect(&instance_network(), address)?;
    loop {
        match socket.finish_connect() {
            Err(ErrorCode::WouldBlock) => socket.subscribe().block(),
            other => return other,
        }
    }
}

fn bind(socket: &TcpSocket, address: IpSocketAddress) -> Result<(), ErrorCode> {
    socket.start_bind(&instance_network(), address)?;
    socket.finish_bind()
}

fn lookup(name: &str) -> Answer {
    let stream = resolve_addresses(&instance_network(), name)?;
    let mut found = Vec::new();
    loop {
        match stream.resolve_next_address() {
            Ok(Some(address)) => found.push(match address {
                IpAddress::Ipv4((a, b, c, d)) => format!("{a}.{b}.{c}.{d}"),
                IpAddress::Ipv6(groups) => format!("{groups:?}"),
            }),
            Ok(None) => return Ok(found.join(" ")),
            Err(ErrorCode::WouldBlock) => stream.subscribe().block(),
            Err(code) => return Err(code),
        }
    }
}

fn open(count: usize) -> Answer {
    let mut sockets = Vec::new();
    for _ in 0..count {
        match create_tcp_socket(IpAddressFamily::Ipv4) {
            Ok(socket) => sockets.push(socket),
            Err(code) => return Ok(format!("{} then {}", sockets.len(), code.name())),
        }
    }
    Ok(sockets.len().to_string())
}

fn crowd(address: IpSocketAddress, count: usize) -> Answer {
    let mut connections = Vec::new();
    for _ in 0..count {
        match connect(address) {
            Ok(connection) => connections.push(connection),
            Err(code) => return Ok(format!("{} then {}", connections.len(), code.name())),
        }
    }
    Ok(connections.len().to_string())
}

/// How many bytes come before the end.
fn count(address: IpSocketAddress) -> Answer {
    let (_socket, input, _output) = connect(address)?;
    let mut bytes = 0;
    while let Ok(chunk) = input.blocking_read(65_536) {
        bytes += chunk.len();
    }
    Ok(bytes.to_string())
}

/// Waits for what never comes.
fn wait(address: IpSocketAddress) -> Answer {
    let (_socket, input, _output) = connect(address)?;
    input.subscribe().block();
    Ok("something came".to_owned())
}

fn ask(address: IpSocketAddress, text: &str) -> Answer {
    let (_socket, incoming, outgoing) = datagrams(address)?;
    outgoing.check_send()?;
    outgoing.send(&[OutgoingDatagram { data: text.as_bytes().to_vec(), remote_address: None }])?;
    loop {
        if let Some(datagram) = incoming.receive(1)?.pop() {
            let text = String::from_utf8_lossy(&datagram.data).into_owned();
            return Ok(format!("{text} from {}", show(datagram.remote_address)));
        }
        incoming.subscribe().block();
    }
}

fn datagrams(
    address: IpSocketAddress,
) -> Result<(UdpSocket, IncomingDatagramStream, OutgoingDatagramStream), ErrorCode> {
    let socket = create_udp_socket(family(address))?;
    socket.start_bind(&instance_network(), parse("0.0.0.0:0"))?;
    socket.finish_bind()?;
    let (incoming, outgoing) = socket.stream(Some(address))?;
    Ok((socket, incoming, outgoing))
}

/// What is wrong in which state.
fn states() -> Answer {
    let network = instance_network();
    let socket = create_tcp_socket(IpAddressFamily::Ipv4)?;
    let mut codes = vec![
        name(socket.local_address()),
        name(socket.remote_address()),
        name(socket.finish_bind()),
        name(socket.finish_connect()),
        name(socket.start_listen()),
        name(socket.accept()),
        name(socket.shutdown(ShutdownType::Both)),
        name(socket.start_bind(&network, parse("[::1]:0"))),
        name(socket.start_connect(&network, parse("0.0.0.0:80"))),
        name(socket.start_connect(&network, parse("127.0.0.1:0"))),
        name(socket.start_connect(&network, parse("224.0.0.1:80"))),
    ];
    let mapped = IpSocketAddress::Ipv6(Ipv6SocketAddress {
        port: 80,
        flow_info: 0,
        address: (0, 0, 0, 0, 0, 0xffff, 0x0a00, 1),
        scope_id: 0,
    });
    codes.push(name(create_tcp_socket(IpAddressFamily::Ipv6)?.start_connect(&network, mapped)));
    codes.push(name(connect_with(&socket, parse("127.0.0.1:1")).map(|_| ())));
    codes.push(name(socket.start_connect(&network, parse("127.0.0.1:1"))));
    let udp = create_udp_socket(IpAddressFamily::Ipv4)?;
    codes.push(name(udp.stream(None).map(|_| ())));
    codes.push(name(udp.local_address()));
    Ok(codes.join(" "))
}

fn options() -> Answer {
    let socket = create_tcp_socket(IpAddressFamily::Ipv4)?;
    socket.set_keep_alive_enabled(true)?;
    socket.set_keep_alive_idle_time(1)?;
    socket.set_hop_limit(5)?;
    socket.set_receive_buffer_size(u64::MAX)?;
    Ok(format!(
        "{} {} {} {} {} {}",
        socket.keep_alive_enabled()?,
        socket.keep_alive_idle_time()?,
        socket.hop_limit()?,
        socket.receive_buffer_size()?,
        name(socket.set_hop_limit(0)),
        name(socket.set_listen_backlog_size(0)),
    ))
}

fn name<T>(result: Result<T, ErrorCode>) -> String {
    result.map_or_else(|code| code.name().to_owned(), |_| "ok".to_owned())
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
