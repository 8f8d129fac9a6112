import type { NodeConnectionOptions } from '@nats-io/transport-node';

/** What a URL such as `nats://user:password@host,other-host` says of a connection. */
export interface NatsLogin {
  readonly options: Pick<NodeConnectionOptions, 'servers' | 'tls' | 'user' | 'pass' | 'token'>;
  /** For people, without secrets. */
  readonly name: string;
}

/** @param url as `parseNatsUrl` takes it */
export function natsLogin(url: string): NatsLogin {
  const scheme = /^\w+:\/\//.exec(url)?.[0] ?? '';
  const servers = url.split(',').map((one) => new URL(one.includes('://') ? one : scheme + one));
  const login = servers.find(({ username }) => username !== '');
  const [user, pass] = [decoded(login?.username ?? ''), decoded(login?.password ?? '')];
  return {
    options: {
      servers: servers.map(({ host }) => host),
      ...(servers.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
      ...(login === undefined ? {} : login.password === '' ? { token: user } : { user, pass }),
    },
    name: `nats at ${servers.map(({ host }) => host).join(', ')}`,
  };
}

/** A % that is not escaped stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
