/** What a message of a server, of TLS or of the network means, and what to do; the first that fits counts. */
export type Advice = readonly (readonly [message: RegExp, advice: string])[];

/** Messages of TLS and of the network, whatever server is meant. */
const common: Advice = [
  [
    /self[- ]signed|unable to (verify|get local issuer)|certificate/i,
    'its certificate is not trusted: name a file with that of its authority in NODE_EXTRA_CA_CERTS',
  ],
];

export const redisAdvice: Advice = [
  [/^NOAUTH/, 'it wants a password: write redis://user:password@host, or redis://:password@host'],
  [/^WRONGPASS|^ERR (invalid password|.*AUTH)/, 'the user or the password in the URL is wrong'],
  [/^READONLY/, 'it is a replica, which takes no writes: name its master'],
  [/^(MOVED|ASK) /, 'it is one node of a cluster: add ?cluster=true to the URL'],
  [/^CLUSTERDOWN/, 'its cluster is not complete; where you want none, name another server'],
  [/cluster support disabled/, 'it is no cluster: leave ?cluster=true out of the URL'],
  [/^OOM/, 'its memory is full: raise its maxmemory, or remove keys'],
  [/^MISCONF/, 'it can not write to its disk: look at its log'],
  [/^LOADING/, 'it is still reading its data: try again'],
  [/^BUSY/, 'a script of somebody else keeps it busy: try again'],
  [/^(MASTERDOWN|NOREPLICAS)/, 'it has lost the servers that it replicates with'],
  [
    /^no connection after/,
    'is the address right, does the server run, and does it speak TLS (rediss://) or not (redis://)?',
  ],
  [/DB index is out of range/, 'it has no database of that number: change the path of the URL'],
  [
    /RESP type|Protocol error|state error|Maximum call stack|Invalid array length/,
    'what answers there does not speak the protocol of Redis: is the port right?',
  ],
  [
    /wrong version number|EPROTO|packet length/,
    'it does not speak TLS: write redis:// in place of rediss://',
  ],
  ...common,
];

export const natsAdvice: Advice = [
  [
    /authorization|authentication/i,
    'the user, password or token in the URL is missing or wrong: write nats://user:password@host',
  ],
  [
    /^no connection after/,
    'is the address right, does the server run, and does it speak TLS (tls://) or not (nats://)?',
  ],
  [/jetstream (is )?not (been )?enabled/i, 'start it with JetStream: nats-server -js'],
  [/^timeout$/i, 'what answers there does not greet as NATS does: is the port right?'],
  [
    /does not support 'tls'|wrong version number|EPROTO/,
    'it does not speak TLS: write nats:// in place of tls://',
  ],
  [
    /insufficient (storage|resources|memory)|resource limits exceeded/i,
    'its storage is full: raise the limit, or remove keys',
  ],
  [/maximum (messages|bytes)/, 'the stream of the bucket is full: raise its limit, or remove keys'],
  ...common,
];

/** The message, and behind a colon what it means. */
export function advised(message: string, advice: Advice): string {
  const meaning = advice.find(([pattern]) => pattern.test(message))?.[1];
  return meaning === undefined ? message : `${message.replace(/\.$/, '')}: ${meaning}`;
}

/** Whether a server is there, and lets nobody in who does not know better. */
export function isLockedOut(message: string): boolean {
  return /^(NOAUTH|WRONGPASS|ERR (invalid password|.*AUTH|DB index is out of range))|authorization|authentication/i.test(
    message,
  );
}

/** What is told of a server that can't be used. One that is there and refuses is not away. */
export function absenceOf(server: string, reason: string): string {
  return `${server} ${isLockedOut(reason) ? 'refuses the connection' : 'is away'}: ${reason}`;
}

/** What the user is told of such a server. */
export interface Told {
  readonly text: string;
  readonly isRefusal: boolean;
}

/**
 * What is to be told of a server that can't be used; undefined where nothing is new: it was told that it is away, and it has
 * not come back as one that refuses.
 */
export function newsOf(server: string, reason: string, before: Told | undefined): Told | undefined {
  const isRefusal = isLockedOut(reason);
  if (before !== undefined && (before.isRefusal || !isRefusal)) return undefined;
  const until = isRefusal ? 'until it takes the connection' : 'until it is back';
  return { text: `${absenceOf(server, reason)}; trying again ${until}`, isRefusal };
}
