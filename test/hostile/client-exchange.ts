import { readAnswers } from '../support/answers.ts';
import { Connection } from './connection.ts';
import { control, type Exchange, type Fault, hung, patience, strangeIn, tokenOf, wrong } from './exchange.ts';
import { judgeAnswers } from './judge.ts';
import { mutate } from './mutations.ts';
import { Random } from './random.ts';
import { readRequests } from './request-reader.ts';
import { lastRequests, validRequests } from './valid-requests.ts';

/** Parts that are no bytes begin with this character. */
const sign = '\u{2022}';
/** How long nothing has to come before the client says that it has nothing more to say, in milliseconds. */
const silence = 40;

/** The exchange of that number: requests one after the other, most of them damaged, cut into pieces. */
export function clientExchange(seed: number, number: number): Exchange {
  const random = new Random(seed, 'client', number);
  const token = tokenOf(seed, number);
  const count = random.pick([1, 1, 1, 2, 2, 3, 5]);
  const requests = Array.from({ length: count }, (_, index) => {
    const isLast = index === count - 1 && random.chance(0.1);
    return random.pick(isLast ? lastRequests : validRequests)(`${token}${index}`, random);
  });
  const isDamaged = random.chance(0.85);
  const bytes = isDamaged ? mutate(requests.join(''), random) : requests.join('');
  return {
    name: `client exchange ${number}`,
    parts: [...pieces(bytes, random), ...ending(random)],
    have: (port, parts) => have(port, parts, token),
  };
}

/** Cuts at some places, and waits a moment there. */
function pieces(bytes: string, random: Random): string[] {
  const cuts = random.chance(0.4) ? 0 : random.chance(0.05) ? 40 : random.between(1, 4);
  const places = Array.from({ length: cuts }, () => random.below(bytes.length + 1)).sort((a, b) => a - b);
  const parts: string[] = [];
  let at = 0;
  for (const place of [...places, bytes.length]) {
    // Line by line, so that lines can be left out.
    parts.push(
      ...bytes
        .slice(at, place)
        .split(/(?<=\n)/)
        .filter((line) => line !== ''),
    );
    if (place < bytes.length) parts.push(`${sign}wait ${random.chance(0.8) ? 0 : random.between(1, 20)}`);
    at = place;
  }
  return parts;
}

function ending(random: Random): string[] {
  if (random.chance(0.08)) return [`${sign}wait ${random.below(5)}`, `${sign}reset`];
  return random.chance(0.2) ? [`${sign}end`] : [];
}

async function have(port: number, parts: readonly string[], token: string): Promise<Fault | undefined> {
  const fault = await converse(port, parts, token);
  if (fault !== undefined) return fault;
  using other = await Connection.open(port);
  return await control(other);
}

async function converse(port: number, parts: readonly string[], token: string): Promise<Fault | undefined> {
  using connection = await Connection.open(port);
  for (const part of written(parts)) {
    const [what = '', milliseconds = '0'] = part.slice(1).split(' ');
    if (!part.startsWith(sign)) connection.send(part);
    else if (what === 'end') connection.halfClose();
    else if (what === 'wait') await connection.until(() => connection.isClosed, Number(milliseconds));
    else {
      connection.reset();
      return strangeIn(connection.received, token);
    }
  }
  const sent = parts.filter((part) => !part.startsWith(sign)).join('');
  const asked = readRequests(sent);
  const { methods } = asked;
  // Of what comes behind nonsense nobody knows to which method it is an answer.
  const read = () => readAnswers(connection.received, methods, connection.isClosed, methods.length);
  const isAnswered = (): boolean => {
    if (connection.isClosed) return true;
    return asked.end === 'nothing' && read().answers.length >= asked.requests.length;
  };
  // Node's parser waits for the rest of a preface of HTTP/2, until the head's time is up.
  const isPreface = methods.includes('PRI');
  const isWhole = (asked.end === 'nothing' || asked.end === 'ignored') && !isPreface;
  await connection.until(isAnswered, isWhole ? patience : silence);
  const isOpen = !isAnswered();
  if (isOpen && isWhole) return hung(`no answer: ${JSON.stringify(connection.received.slice(0, 1000))}`);
  if (isOpen) {
    // What has begun is not finished: who says so gets an answer, or sees the connection close.
    connection.halfClose();
    if (!(await connection.until(() => connection.isClosed, patience)))
      return hung(`the connection stays open: ${JSON.stringify(connection.received.slice(0, 500))}`);
  }
  const reason = judgeAnswers(asked, read(), parts.includes(`${sign}end`) || isOpen);
  return strangeIn(connection.received, token) ?? unfit(reason, connection.received);
}

function unfit(reason: string | undefined, received: string): Fault | undefined {
  return reason === undefined ? undefined : wrong(`${reason}: ${JSON.stringify(received.slice(0, 1500))}`);
}

/** Bytes that nothing stands between are written at once. */
function written(parts: readonly string[]): string[] {
  const merged: string[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last === undefined || part.startsWith(sign) || last.startsWith(sign)) merged.push(part);
    else merged[merged.length - 1] = last + part;
  }
  return merged;
}
