import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Reply, Route } from '../../interfaces/inspector-part.ts';
import { DEFAULT_LIMITS, type Limits } from '../../settings/limits.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import type { RequestHandler } from '../../triggers/http/http-server.ts';
import { type Listener, listen } from '../../triggers/http/listener.ts';
import { checkOrigin, checkToken } from './guard.ts';
import type { InspectedHost } from './inspected-host.ts';
import type { PageFile } from './page-files.ts';
import { readBody } from './read-body.ts';
import { ApiError, checked } from './route.ts';

/** Where the inspector listens unless it is told otherwise, if the port is free. */
const usualPort = 8001;
/** A key and a bucket are in the URL: the longest ones, percent-encoded, and what else is in a head. */
const limits: Limits = { ...DEFAULT_LIMITS, headSize: 512 * 1024 };
/** The largest body of JSON, in bytes. */
const largestJson = 16 * 1024 * 1024;

/** A running inspector. */
export interface Inspector {
  /** Such as `http://127.0.0.1:8001`. */
  readonly url: string;
  /** What writing needs. */
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Serves the inspector's page and its API on this machine only. Throws a `HostError` when the port is taken.
 *
 * @param port default: 8001 where it is free, else any
 */
export async function startInspector(host: InspectedHost, port?: number): Promise<Inspector> {
  const token = randomBytes(18).toString('base64url');
  let served: Promise<Served> | undefined;
  let ownPort = 0;

  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<Reply> => {
    checkOrigin(request, ownPort);
    served ??= load();
    const { routes, paths, files } = await served;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://inspector');
    const file = request.method === 'GET' || request.method === 'HEAD' ? files.get(pathname) : undefined;
    if (file !== undefined) return { status: 200, headers: file.headers, body: await file.read() };
    const route = routes.get(`${request.method} ${pathname}`);
    if (route !== undefined) {
      if (route.isWrite) checkToken(request, token);
      return await answer(route, host, request, response, searchParams);
    }
    if (paths.has(pathname)) throw new ApiError(405, `${pathname} does not take ${request.method}`);
    throw new ApiError(404, `there is nothing at ${pathname}; see /api/v1/openapi.json`);
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await send(response, await reply(request, response).catch(refusal));
      // What is left of a body that was refused is not read.
      if (!request.complete) request.destroy();
    } catch {
      response.destroy();
    }
  };
  const listener = await open(port, (request, response) => void handle(request, response));
  ownPort = Number(new URL(listener.url).port);
  return { url: listener.url, token, close: () => listener.close() };
}

/** What there is to ask for. */
interface Served {
  /** By method and path. */
  readonly routes: ReadonlyMap<string, Route<InspectedHost>>;
  readonly paths: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, PageFile>;
}

/** Most hosts are never asked for anything, so nothing of this is loaded before. */
async function load(): Promise<Served> {
  const [{ inspectorParts }, { routesOf }, { pageFiles }] = await Promise.all([
    import('./inspector-parts.ts'),
    import('./routes.ts'),
    import('./page-files.ts'),
  ]);
  const parts = await inspectorParts();
  const routes = routesOf(parts);
  return {
    routes: new Map(routes.map((route) => [`${route.method} ${route.path}`, route])),
    paths: new Set(routes.map(({ path }) => path)),
    files: await pageFiles(parts.flatMap(({ page }) => page ?? [])),
  };
}

async function open(
  port: number | undefined,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listener> {
  const host = '127.0.0.1';
  const handler: RequestHandler = {
    handle(request, response, mustContinue) {
      if (mustContinue) response.writeContinue();
      handle(request, response);
      return { malformed: () => response.destroy() };
    },
    refused: () => {},
  };
  try {
    return await listen({ host, port: port ?? usualPort }, limits, handler);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    if (port === undefined) return await listen({ host, port: 0 }, limits, handler);
    const [problem] = error.message.split('. ', 1);
    const next = 'Take another one with --inspector-port, or leave the inspector off with --no-inspector';
    throw new HostError('address', `inspector: ${problem}. ${next}.`, { cause: error });
  }
}

async function answer(
  route: Route<InspectedHost>,
  host: InspectedHost,
  request: IncomingMessage,
  response: ServerResponse,
  searchParams: URLSearchParams,
): Promise<Reply> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const given = Object.fromEntries(searchParams);
  const query = route.query === undefined ? undefined : checked(route.query, given, 'query');
  let body: unknown;
  if (typeof route.body === 'object') {
    const text = Buffer.from(await readBody(request, largestJson)).toString();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      throw new ApiError(400, 'the body is not JSON');
    }
    body = checked(route.body, parsed, 'body');
  }
  return await route.handle({ host, query, body, request, signal: gone.signal });
}

async function send(response: ServerResponse, { status, headers = {}, body }: Reply): Promise<void> {
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    ...headers,
    ...(isWhole ? { 'content-length': Buffer.byteLength(body) } : {}),
  });
  if (body === undefined || isWhole) {
    await new Promise<void>((resolve) => response.end(body, resolve));
  } else {
    response.flushHeaders();
    if (typeof body === 'function') await body(response);
    else await pipeline(Readable.from(body), response);
  }
}

/** What the client is told of an error. */
function refusal(error: unknown): Reply {
  const body = JSON.stringify({ error: reasonOf(error) });
  const status = error instanceof ApiError ? error.status : 500;
  return { status, headers: { 'content-type': 'application/json' }, body };
}
