import { type Cluster, Command, type Redis } from 'ioredis';
import { isError } from '../../../../shared/is-error.ts';

/** Text is sent as UTF-8. */
export type Argument = string | Buffer;

/** A connection to one server or to a cluster. */
export type Client = Redis | Cluster;
/** The commands that are sent. */
export type CommandName = 'del' | 'eval' | 'evalsha' | 'exists' | 'get' | 'pexpiretime' | 'pttl' | 'scan';

/** A command without a timer of its own: ioredis sets and clears one for each, and makes the command slow by that. See `AnswerTimes`. */
class TimedElsewhere extends Command {
  override setTimeout(): void {}
}

/** Answers bytes. Whoever sends a command sees to its time. */
export function sendTo(client: Client, name: CommandName, args: readonly Argument[]): Promise<unknown> {
  const command = new TimedElsewhere(name, [...args], { replyEncoding: null });
  client.sendCommand(command);
  return command.promise;
}

const closing = 'it closed the connection';

/** ioredis hides why a node of a cluster or a Sentinel can't be reached, and adds what it does next. */
export function plainReason({ name, message }: Error): string {
  const reason = message
    .replace(/ Retrying from scratch after \d+ms\./, '')
    .replace('Connection is closed.', 'no connection could be made')
    .replace(/^(write EPIPE|read ECONNRESET)$/, closing)
    .replace(/^(Command timed out|Socket timeout\. Expecting data.*)$/, 'it gives no answer')
    .replace(' Please report this.', '')
    .replace(/^NOAUTH .*/s, 'NOAUTH Authentication required')
    // What a script is called is no help.
    .replace(/\.? script: [\da-f]{40}.*$/s, '');
  return reason || name;
}

/** Whether the reason of an error, made plain, is that the connection was closed by the other side. */
export function isClosing(reason: string): boolean {
  return reason === closing;
}

/** Whether a command was sent, or may have been, and the connection ended before its answer. */
export function isLoss(message: string): boolean {
  return /^(Connection is closed|Reached the max retries|Command aborted)/.test(message);
}

/** Whether the server answered, with an error. */
export function isRefusal(error: unknown): error is Error {
  return isError(error) && error.name === 'ReplyError';
}
