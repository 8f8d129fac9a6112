import type { Interceptor } from '../../../runtime/fault-injection/interceptor.ts';
import type { WorkerContext } from '../../../runtime/interface.ts';
import type { GuestRequest } from '../guest-request.ts';
import type { HttpConfig, Reach, SharedHttp } from '../http-config.ts';
import type { OwnPlaces, ToHttpWorker } from '../messages.ts';
import { httpOperations } from '../operations.ts';
import type { OutgoingCall } from '../outgoing-call.ts';
import type { RequestTarget } from '../request-target.ts';
import type { ErrorCode } from '../response-sink.ts';
import { AllowedHosts } from './allowed-hosts.ts';
import { AnsweredByHost } from './answered-by-host.ts';
import { ConnectionSlots, newCounts } from './connection-slots.ts';
import { type Destination, destinationOf } from './destination.ts';
import { errorText, OutgoingError } from './error-codes.ts';
import { Exchange, type ExchangeReport } from './exchange.ts';
import { Network } from './network.ts';
import type { Outbound, Way } from './outbound.ts';
import { OwnComponents } from './own-components.ts';
import { RequestSink } from './request-sink.ts';
import { tracedHeaders } from './traced-headers.ts';
import { Trust } from './trust.ts';

const million = 1_000_000n;
const { send: operation } = httpOperations.operations;

interface Policy {
  readonly allowed: AllowedHosts;
  readonly way: Way;
}

/** Sends the requests of a thread's guests, where the component may send them. */
export class Sender {
  readonly #worker: WorkerContext<SharedHttp | undefined>;
  readonly #network: (allowed: AllowedHosts) => Way;
  readonly #byHost: AnsweredByHost;
  readonly #isTested: boolean;
  #own: OwnComponents;
  /** What components may reach, and how. */
  readonly #policies = new Map<Reach, Policy>();
  /** Hosts that the user has been told of. */
  readonly #told = new Set<string>();

  constructor(
    { trust, mostConnections, connectionWait }: HttpConfig,
    worker: WorkerContext<SharedHttp | undefined>,
    own: OwnPlaces,
  ) {
    const { shared, clock } = worker;
    this.#worker = worker;
    const slots = new ConnectionSlots(
      shared?.host ?? newCounts(),
      shared?.thread ?? newCounts(),
      mostConnections,
    );
    const longestWait = BigInt(Math.ceil(connectionWait)) * million;
    const trusted = new Trust(trust);
    this.#network = (allowed) => new Network(allowed, trusted, slots, clock, longestWait);
    this.#byHost = new AnsweredByHost(worker.post);
    // In tests nothing goes out that no test has let pass.
    this.#isTested = worker.interceptor !== undefined;
    this.#own = new OwnComponents(own);
  }

  send(reach: Reach, request: GuestRequest, call: OutgoingCall): void {
    const { target, body } = request;
    const { allowed, way } = this.#policyFor(reach);
    const method = methodOf(target);
    const { headers, span } =
      call.span === undefined
        ? { headers: request.headers, span: undefined }
        : tracedHeaders(request.headers, call.span);
    const note = (url: string, { status, size, error }: ExchangeReport): void =>
      call.trace.note(
        operation,
        url,
        undefined,
        [method, status, status === undefined ? undefined : size, span],
        error,
        call.started,
      );
    const refuse = (url: string, code: ErrorCode): void => {
      note(url, { status: undefined, size: 0, error: errorText(code) });
      body?.discard(code);
      call.settle({ tag: 'err', val: code });
      call.over();
    };
    if (call.isDropped) {
      body?.discard({ tag: 'connection-terminated' });
      return;
    }
    let destination: Destination;
    try {
      destination = destinationOf(target);
      if (body === undefined && (request.declared ?? 0) > 0 && method !== 'HEAD') {
        throw { tag: 'HTTP-request-body-size', val: 0n } satisfies ErrorCode;
      }
    } catch (code) {
      refuse(urlAsGiven(target), code as ErrorCode);
      return;
    }
    const url = `${destination.origin}${destination.path}`;
    if (!allowed.allows(destination)) {
      this.#tellDenied(destination);
      refuse(url, { tag: 'HTTP-request-denied' });
      return;
    }
    let exchange: Exchange | undefined;
    const sink = body && new RequestSink((reason, code) => exchange?.abandon(reason, code));
    const outbound: Outbound = { destination, method, headers, body: sink };
    const { clock, interceptor } = this.#worker;
    const begin = (begun?: (error: ErrorCode | undefined) => void): void => {
      if (call.isDropped) {
        body?.discard({ tag: 'connection-terminated' });
        begun?.({ tag: 'connection-terminated' });
        return;
      }
      const made = new Exchange({
        ...{ call, body: sink, timeouts: request.timeouts, clock },
        note: (report) => note(url, report),
        ...(begun === undefined ? {} : { begun }),
      });
      exchange = made;
      if (sink !== undefined) body?.connect(sink);
      const inner = this.#own.find(destination);
      made.giveUp =
        inner === 'elsewhere'
          ? way.send(outbound, made)
          : this.#byHost.sendInner(outbound, made, { ...inner, request: call.request });
    };
    if (interceptor?.isActive === true) {
      intercepted(interceptor, call, outbound, url, begin, (code) => refuse(url, code));
    } else begin();
  }

  /** The main thread says what it answers, or what leads to it. */
  receive(message: ToHttpWorker): void {
    if (message.type === 'own') this.#own = new OwnComponents(message.own);
    else this.#byHost.receive(message);
  }

  #policyFor(reach: Reach): Policy {
    const known = this.#policies.get(reach);
    if (known !== undefined) return known;
    const allowed = new AllowedHosts(reach);
    const network = this.#network(allowed);
    const policy = { allowed, way: this.#isTested ? this.#byHost.before(network) : network };
    this.#policies.set(reach, policy);
    return policy;
  }

  #tellDenied({ host, port, origin, scheme }: Destination): void {
    if (this.#told.has(origin) || this.#told.size > 100) return;
    this.#told.add(origin);
    const name = host.includes(':') ? `[${host}]` : host;
    const entry = port === (scheme === 'https' ? 443 : 80) ? name : `${name}:${port}`;
    // What no server has no entry of the list allows.
    const advice =
      port === 0
        ? 'No server has port 0: the component has to name another one.'
        : `To allow it, add "${entry}" to workload.allowedHosts in the configuration file.`;
    this.#worker.tell(`a request to ${origin} was denied. ${advice}`);
  }
}

/** A test stands between: it says when the request is made, and may put an error in its place. */
function intercepted(
  interceptor: Interceptor,
  call: OutgoingCall,
  { method }: Outbound,
  url: string,
  begin: (begun: (error: ErrorCode | undefined) => void) => void,
  refuse: (code: ErrorCode) => void,
): void {
  let isBegun = false;
  const made = interceptor.make(
    {
      request: call.request,
      operation,
      target: url,
      items: [],
      failure: (error, message) =>
        new OutgoingError({ tag: error ?? 'internal-error', val: message }, message),
      text: () => `send ${method} ${url}`,
      failedText: (reason) =>
        `send ${method} ${url} → ${reason instanceof Error ? reason.message : 'failed'}`,
    },
    () =>
      new Promise<void>((resolve, reject) => {
        isBegun = true;
        begin((error) => (error === undefined ? resolve() : reject(new OutgoingError(error, error.tag))));
      }),
  );
  made.catch((reason: unknown) => {
    if (isBegun || call.isDropped) return;
    refuse(
      reason instanceof OutgoingError ? reason.errorCode : { tag: 'internal-error', val: String(reason) },
    );
  });
}

function methodOf({ method }: RequestTarget): string {
  return method.val ?? method.tag.toUpperCase();
}

/** For what can't be read. */
function urlAsGiven({ scheme, authority = '', pathWithQuery = '' }: RequestTarget): string {
  const name = scheme?.tag === 'other' ? scheme.val : (scheme?.tag ?? 'HTTPS').toLowerCase();
  return `${name}://${authority.replace(/^.*@/, '')}${pathWithQuery}`;
}
