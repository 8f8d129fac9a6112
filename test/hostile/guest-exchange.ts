import { type RawAnswers, readAnswers, valuesOf } from '../support/answers.ts';
import { Connection } from './connection.ts';
import { control, type Exchange, type Fault, hung, patience, strangeIn, tokenOf, wrong } from './exchange.ts';
import { guestProgram } from './guest-program.ts';
import { Random } from './random.ts';

/** The request that carries a program. */
interface Carrier {
  readonly method: string;
  readonly version: string;
  readonly lines: readonly string[];
  readonly body: string;
  /** The client goes away after so many milliseconds. */
  readonly cutAfter: number | undefined;
}

/** The exchange of that number: a program, and the request that carries it to the component. */
export function guestExchange(seed: number, number: number): Exchange {
  const random = new Random(seed, 'guest', number);
  const token = tokenOf(seed, number);
  const carrier = carrierOf(random, token);
  const program = guestProgram(random, token);
  return {
    name: `guest exchange ${number} (${carrier.method} HTTP/${carrier.version}${carrier.cutAfter === undefined ? '' : `, cut after ${carrier.cutAfter} ms`}; body of ${carrier.body.length} bytes)`,
    parts: program,
    have: (port, parts) => have(port, parts, carrier, token),
  };
}

function carrierOf(random: Random, token: string): Carrier {
  const version = random.chance(0.05) ? '1.0' : '1.1';
  const cutAfter = random.chance(0.03) ? random.below(20) : undefined;
  if (random.chance(0.6)) {
    const method = random.chance(0.1) ? 'HEAD' : 'GET';
    return { method, version, lines: [], body: '', cutAfter };
  }
  const size = random.pick([0, 1, 100, 5000, 65_536, 65_537, 300_000]);
  const content = token.repeat(Math.ceil(size / token.length)).slice(0, size);
  if (random.chance(0.6) || version === '1.0') {
    return { method: 'POST', version, lines: [`Content-Length: ${size}`], body: content, cutAfter };
  }
  const chunk = size === 0 ? '' : `${size.toString(16)}\r\n${content}\r\n`;
  const trailers = random.chance(0.5) ? `x-sum: ${token}\r\n` : '';
  return {
    method: 'POST',
    version,
    lines: ['Transfer-Encoding: chunked'],
    body: `${chunk}0\r\n${trailers}\r\n`,
    cutAfter,
  };
}

async function have(
  port: number,
  program: readonly string[],
  { method, version, lines, body, cutAfter }: Carrier,
  token: string,
): Promise<Fault | undefined> {
  using connection = await Connection.open(port);
  const head = [`${method} /run?${program.join(';')} HTTP/${version}`, 'Host: localhost', ...lines, '', body];
  connection.send(head.join('\r\n'));
  if (cutAfter !== undefined) {
    await connection.until(() => false, cutAfter);
    connection.reset();
    using other = await Connection.open(port);
    return await control(other);
  }
  let read: RawAnswers | undefined;
  const isOver = (): boolean => {
    read = readAnswers(connection.received, [method], connection.isClosed, 1);
    return connection.isClosed || read.answers.length > 0 || read.fault !== undefined;
  };
  const isInTime = await connection.until(isOver, patience);
  const { received } = connection;
  if (!isInTime || read === undefined)
    return hung(`no end of the answer: ${JSON.stringify(received.slice(0, 500))}`);
  if (read.fault !== undefined) return wrong(`${read.fault} in ${JSON.stringify(received.slice(0, 1000))}`);
  if (read.rest !== '') return wrong(`more than one answer: ${JSON.stringify(received.slice(0, 1000))}`);
  const strange = strangeIn(received, token);
  if (strange !== undefined) return strange;
  const [answer] = read.answers;
  const isKept = answer !== undefined && !valuesOf(answer.headers, 'connection').includes('close');
  if (version === '1.1' && isKept && !connection.isClosed) {
    const fault = await control(connection);
    // A host may close a connection after an answer; it is an answer to another request that would be wrong.
    if (fault === undefined || connection.received !== '') return fault;
  }
  using other = await Connection.open(port);
  return await control(other);
}
