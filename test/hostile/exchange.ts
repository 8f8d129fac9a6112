import { isSymptom } from './complaints.ts';
import { Connection } from './connection.ts';
import { Random } from './random.ts';

/** What went wrong in an exchange. */
export interface Fault {
  readonly kind: 'crashed' | 'hung' | 'leaked' | 'wrong';
  readonly reason: string;
}

/** One exchange with the host, made of parts that can be left out one by one. */
export interface Exchange {
  readonly name: string;
  readonly parts: readonly string[];
  /** Has it, with these parts instead of all. @param port where the host listens, at 127.0.0.1 */
  have(port: number, parts: readonly string[]): Promise<Fault | undefined>;
}

/** How long an answer may take, whatever is asked, in milliseconds. */
export const patience = 10_000;

export function wrong(reason: string): Fault {
  return { kind: 'wrong', reason };
}

export function hung(reason: string): Fault {
  return { kind: 'hung', reason };
}

/** Every token that was ever given. */
const given = new Set<string>();

/** A text that no other exchange has, and that no damage turns into another's. */
export function tokenOf(seed: number, number: number): string {
  const random = new Random(seed, 'token', number);
  const letters = Array.from({ length: 8 }, () => String.fromCharCode(0x61 + random.below(26)));
  const token = `t${letters.join('')}.`;
  given.add(token);
  return token;
}

/** What must not be in whatever this exchange has received: another's token, or an error of JavaScript. */
export function strangeIn(received: string, token: string): Fault | undefined {
  for (const [found] of received.matchAll(/\bt[a-z]{8}\./gi)) {
    const lower = found.toLowerCase();
    if (lower !== token && given.has(lower))
      return { kind: 'leaked', reason: `an answer to ${token} has ${found}` };
  }
  const symptom = received.split('\n').find(isSymptom);
  return symptom === undefined ? undefined : wrong(`an answer tells of an error in the host: ${symptom}`);
}

let controls = 0;

/**
 * Asks something harmless on that connection, to which there is one right answer. A host whose threads are kept busy by several
 * requests at once may say so, but not for longer than `patience`: it is asked again on other connections.
 */
export async function control(connection: Connection): Promise<Fault | undefined> {
  const deadline = performance.now() + patience;
  let { fault, isRefusal } = await ask(connection);
  while (fault !== undefined && isRefusal && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    using other = await Connection.open(connection.port);
    ({ fault, isRefusal } = await ask(other));
  }
  return fault;
}

async function ask(connection: Connection): Promise<{ fault: Fault | undefined; isRefusal: boolean }> {
  controls += 1;
  const path = `/control?${controls}`;
  connection.forget();
  connection.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const isClosed = await connection.until(() => connection.isClosed, patience);
  const { received } = connection;
  const body = received.slice(received.indexOf('\r\n\r\n') + 4);
  const isRight = received.startsWith('HTTP/1.1 200 OK\r\n') && received.includes(`"path":"${path}"`);
  if (!isClosed)
    return {
      fault: hung(`the control request got no answer: ${JSON.stringify(received)}`),
      isRefusal: false,
    };
  if (isRight && body.startsWith('{')) return { fault: undefined, isRefusal: false };
  const fault = hung(`the control request was answered ${JSON.stringify(received.slice(0, 500))}`);
  return { fault, isRefusal: /^HTTP\/1\.1 50[34] /.test(received) };
}
