import { basename } from 'node:path';
import { reasonOf } from '../../shared/host-error.ts';
import type { Key } from '../../terminal/keyboard.ts';

/** Whatever opens a browser may stay with it; what happens to it after this time, in milliseconds, is its own affair. */
const openerPatience = 3000;

/** What the keys of `kvasi dev` act upon. */
export interface DevActions {
  /** Undefined until there is a component to serve. */
  readonly url: string | undefined;
  /** The inspector's page; undefined where there is none. */
  readonly inspector: string | undefined;
  rebuild(): void;
  /** Answers whether it is on now. */
  toggleVerbose(): boolean;
  quit(): void;
  clear(): void;
  say(text: string): void;
  complain(text: string): void;
}

/** The keys of `kvasi dev`, in the order of the help. */
export function devKeys(actions: DevActions): Key[] {
  const keys: Key[] = [
    { key: 'o', does: 'open in the browser', press: () => void openUrl(actions.url, actions) },
    { key: 'i', does: 'open the inspector', press: () => void openUrl(actions.inspector, actions) },
    { key: 'r', does: 'build and load again', press: () => actions.rebuild() },
    { key: 'c', does: 'clear the screen', press: () => actions.clear() },
    {
      key: 'v',
      does: 'show each keyvalue operation, or only a summary',
      press: () =>
        actions.say(actions.toggleVerbose() ? 'each operation is shown' : 'operations are summed up'),
    },
    { key: 'q', does: 'quit', press: () => actions.quit() },
    {
      key: 'h',
      also: '?',
      does: 'this help',
      press: () => actions.say(keys.map(({ key, does }) => `  ${key}  ${does}`).join('\n')),
    },
  ];
  return keys;
}

async function openUrl(url: string | undefined, { say, complain }: DevActions): Promise<void> {
  if (url === undefined) {
    say('there is no such page now');
    return;
  }
  const fail = (reason: string): void =>
    complain(`no browser can be opened (${reason}); the address is ${url}`);
  try {
    const { default: open } = await import('open');
    const opener = await open(url);
    opener.once('error', ({ message }) => fail(message));
    const timer = setTimeout(() => opener.removeAllListeners('exit'), openerPatience).unref();
    opener.once('exit', (status) => {
      clearTimeout(timer);
      if (status !== null && status !== 0) fail(`${basename(opener.spawnfile)} ended with status ${status}`);
    });
  } catch (error) {
    fail(reasonOf(error));
  }
}
