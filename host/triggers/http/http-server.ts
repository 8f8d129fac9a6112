import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Limits } from '../../settings/limits.ts';
import { type Connection, type Connections, isUnderWay, type Served } from './connections.ts';
import { whyHostIsWrong } from './host-field.ts';
import type { Http2Handler } from './http2/http2-session.ts';
import { takeOver } from './http2/take-over.ts';
import type { Linger } from './linger.ts';
import {
  type ClientError,
  endedEarly,
  prefaceCame,
  type Refusal,
  type RefusedClient,
  tooLongHead,
  whyNotUnderstood,
} from './refusal.ts';
import { whyTargetIsWrong } from './request-target.ts';
import { announcesBody } from './upload.ts';

/** How often heads that are late are looked for, in milliseconds. */
const lookEvery = 500;

/** Why a request is refused that came too early. */
const tooManyInRow = 'too many requests of this connection wait for the answer to an earlier one';

/** What becomes of the requests of a server. */
export interface RequestHandler {
  /** @param mustContinue whether the client expects `100 Continue` before it sends the body */
  handle(request: IncomingMessage, response: ServerResponse, mustContinue: boolean): Served;
  /** The same for requests of HTTP/2. Absent: they are refused. */
  readonly handleBeside?: Http2Handler['handle'];
  /** A client was refused before there was a request. */
  refused(client: RefusedClient): void;
}

/**
 * Node's HTTP server with our limits, which lets nothing end unseen: whatever is not handed to the handler gets an answer that says
 * why, and is told.
 */
export function httpServer(
  limits: Limits,
  connections: Connections,
  handler: RequestHandler,
  create: (options: ServerOptions) => Server = createServer,
): Server {
  const server = create({
    // A request without progress is given up by the watchdog; a slow upload is no error.
    requestTimeout: 0,
    headersTimeout: limits.headTimeout,
    keepAliveTimeout: limits.idleTimeout,
    connectionsCheckingInterval: lookEvery,
    maxHeaderSize: limits.headSize,
    // Node answers without a word.
    requireHostHeader: false,
    optimizeEmptyRequests: true,
    // A body in pieces of a byte each is kept as as many objects.
    highWaterMark: 16 * 1024,
    shouldUpgradeCallback: () => false,
  });
  // Their size is bounded.
  server.maxHeadersCount = 0;
  const serve = (request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void => {
    const connection = connections.of(request.socket);
    if (connection?.isRefused === true) return;
    const turn = connection === undefined ? 'now' : connections.turn(connection, response);
    // Requests of a connection are served one after the other: the second may be meant to see what the first does (RFC 9112, 9.3.2).
    if (turn === 'now') begin(request, response, mustContinue, connection);
    else if (turn === 'too many') refuse(request, response, { status: 503, reason: tooManyInRow });
    else {
      turn.once('close', () => {
        if (request.socket.destroyed) return;
        if (connection?.brokenBody !== undefined && !request.complete) {
          refuse(request, response, connection.brokenBody);
        } else begin(request, response, mustContinue, connection);
      });
    }
  };
  const begin = (
    request: IncomingMessage,
    response: ServerResponse,
    mustContinue: boolean,
    connection: Connection | undefined,
  ): void => {
    const problem = whyRefused(request, limits.headSize);
    if (problem !== undefined) {
      refuse(request, response, problem);
      return;
    }
    // Node's parser drops what comes behind a request for an upgrade, which nobody makes here.
    const isUpgrade = request.headers.upgrade !== undefined;
    if (isUpgrade) response.shouldKeepAlive = false;
    // Node closes the connection behind the answer, perhaps while the client is sending.
    const mayStillSend =
      isUpgrade || mustContinue || (!response.shouldKeepAlive && announcesBody(request.headers));
    if (connection !== undefined && mayStillSend) connections.linger.behindAnswer(connection);
    const served = handler.handle(request, response, mustContinue);
    if (connection !== undefined) connections.serving(connection, response, served);
  };
  const refuse = (request: IncomingMessage, response: ServerResponse, problem: Refusal): void => {
    const { status, reason } = problem;
    const connection = connections.of(request.socket);
    if (connection !== undefined) {
      connection.isRefused = true;
      connections.linger.behindAnswer(connection);
    }
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(`${reason}\n`);
    handler.refused({ ...problem, ...whoAsked(request) });
  };
  server.on('request', (request, response) => serve(request, response, false));
  server.on('checkContinue', (request, response) => {
    const hasBody = announcesBody(request.headers);
    // Node closes the connection of every client that was not told to continue, also of one that has nothing to send.
    if (!hasBody) Reflect.set(response, '_expect_continue', false);
    serve(request, response, hasBody);
  });
  // Other expectations bind nobody (RFC 9110, 10.1.1).
  server.on('checkExpectation', (request, response) => serve(request, response, false));
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const refusal = { status: 501, reason: 'CONNECT is not served: this host is no proxy' };
    socket.on('error', ignore);
    closeAfter(connections.linger, connections.of(request.socket)?.answer, request.socket, refusal);
    handler.refused({ ...refusal, ...whoAsked(request) });
  });
  server.on('clientError', (error: ClientError, socket: Socket) =>
    notUnderstood(error, socket, limits, connections, handler),
  );
  return server;
}

function whoAsked({ method = '', url = '', socket }: IncomingMessage): Omit<RefusedClient, keyof Refusal> {
  return { clientPort: socket.remotePort ?? 0, method, path: url };
}

function whyRefused(request: IncomingMessage, headSize: number): Refusal | undefined {
  const { httpVersionMajor, httpVersionMinor } = request;
  if (httpVersionMajor !== 1) {
    return {
      status: 505,
      reason: `HTTP/${httpVersionMajor}.${httpVersionMinor} is not served, only HTTP/1.1`,
    };
  }
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && httpVersionMinor === 0) {
    return { status: 400, reason: 'the request is HTTP/1.0, which has no transfer-encoding' };
  }
  // Node's parser looks at it, but not where there is an upgrade.
  if (coding !== undefined && !/(?:^|,)[ \t]*chunked[ \t]*$/i.test(coding)) {
    return { status: 400, reason: "the request's transfer-encoding does not end in chunked" };
  }
  if (isHeadLonger(request, headSize)) return { status: 431, reason: tooLongHead(headSize) };
  const reason =
    whyTargetIsWrong(request.url ?? '') ?? whyHostIsWrong(request.rawHeaders, httpVersionMinor >= 1);
  return reason === undefined ? undefined : { status: 400, reason };
}

/** With fewer headers than this, what Node's parser does not count of each is no matter. */
const manyHeaders = 256;
/** A colon, a space and the end of the line. */
const aroundHeader = 4;

/** Node counts the names and values of headers alone. */
function isHeadLonger({ rawHeaders, url = '' }: IncomingMessage, headSize: number): boolean {
  if (rawHeaders.length < 2 * manyHeaders) return false;
  let size = url.length + (rawHeaders.length / 2) * aroundHeader;
  for (const text of rawHeaders) size += text.length;
  return size > headSize;
}

function notUnderstood(
  error: ClientError,
  socket: Socket,
  limits: Limits,
  connections: Connections,
  handler: RequestHandler,
): void {
  const connection = connections.of(socket);
  if (connection?.isRefused || connection?.session !== undefined) return;
  if (error.code === prefaceCame && connection !== undefined && connection.answer === undefined) {
    const { rawPacket, bytesParsed = 0 } = error;
    const rest = rawPacket?.subarray(bytesParsed) ?? Buffer.alloc(0);
    if (handler.handleBeside !== undefined && takeOver(socket, rest)) {
      void serveBeside(socket, limits, connections, handler);
      return;
    }
  }
  if (connection !== undefined) connection.isRefused = true;
  const refusal = whyNotUnderstood(error, limits.headSize, limits.headTimeout);
  // Whoever opens a connection and sends nothing on it, as browsers do, has asked for nothing.
  if (refusal === undefined || (refusal.status === 408 && socket.bytesRead === 0)) {
    socket.destroy();
    return;
  }
  const { answer, served } = connection ?? {};
  if (connection === undefined || answer === undefined || answer.req.complete) {
    handler.refused({ ...refusal, clientPort: socket.remotePort ?? 0 });
    closeAfter(connections.linger, answer, socket, refusal);
    return;
  }
  // It is the body of this request that can't be read. One that waits is refused when its turn comes.
  if (error.code === endedEarly) socket.destroy();
  else if (served === undefined) connection.brokenBody = refusal;
  else if (!isUnderWay(answer)) connections.linger.close(socket, answer);
  else {
    connections.linger.behindAnswer(connection);
    // Where its answer, or that of an earlier one, was on its way already, Node would keep the connection.
    answer.once('close', () => {
      if (socket.writable) socket.destroySoon();
    });
    served.malformed(refusal.reason);
  }
}

/** Serves HTTP/2 on a connection, from its first byte on. */
export async function serveBeside(
  socket: Socket,
  limits: Limits,
  connections: Connections,
  { handleBeside: handle, refused }: RequestHandler,
): Promise<void> {
  // Nobody but clients of HTTP/2 waits for its modules.
  const { Http2Session } = await import('./http2/http2-session.ts');
  const connection = connections.of(socket);
  if (connection === undefined || handle === undefined || socket.destroyed) {
    socket.destroy();
    return;
  }
  const came = (): void => connections.used(connection);
  connections.serveBeside(connection, new Http2Session(socket, limits, { handle, refused, came }));
}

/** What is refused comes behind the answers that are due. */
function closeAfter(
  linger: Linger,
  answer: ServerResponse | undefined,
  socket: Socket,
  refusal: Refusal,
): void {
  const close = (): void => linger.closeWith(socket, refusal, answer);
  if (isUnderWay(answer)) answer.once('close', close);
  else close();
}

function ignore(): void {}
