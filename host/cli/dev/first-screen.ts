import type { ComponentFile } from '../../component/read.ts';
import type { Settings } from '../../composition/settings.ts';
import type { KeyvalueSettings } from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { formatRule } from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { formatBroker } from '../../interfaces/messaging/broker-settings.ts';
import { addressOf } from '../../shared/labelled-name.ts';
import { shownPath } from '../../shared/path.ts';
import { printable } from '../../shared/printable.ts';
import { widest } from '../../shared/widest.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { styled } from '../../terminal/styled.ts';
import type { Start } from './dev-output.ts';

/** What is shown once a component is served: its name, its imports, who serves which identifier, the URL. */
export function firstScreen(
  file: ComponentFile,
  { keyvalue, components, messaging }: Pick<Settings, 'keyvalue' | 'components' | 'messaging'>,
  { url, inspector, seeded, service }: Start,
  { cwd, terminal }: CommandContext,
): string[] {
  return [
    `${styled('bold', 'kvasi')} serves ${styled('bold', shownPath(file.path, cwd))}`,
    '',
    ...labelled('beside', besideLines(components, cwd)),
    ...labelled('imports', groupedImports(file)),
    ...labelled('buckets', bucketLines(keyvalue)),
    ...labelled('messages', messageLines(file, components, messaging)),
    ...labelled(
      'seeded',
      seeded.map(
        ({ bucket, path: seed, count }) => `${bucket} with ${count} keys of ${shownPath(seed, cwd)}`,
      ),
    ),
    ...labelled('service', service === undefined ? [] : [shownPath(service, cwd)]),
    ...labelled('url', [styled('cyan', url)]),
    ...labelled('inspector', inspector === undefined ? [] : [styled('cyan', inspector)]),
    ...(terminal === undefined ? [] : labelled('keys', ['h for help, q to quit'])),
    '',
  ];
}

/** One line a component beside the main one. */
function besideLines(components: Settings['components'], cwd: string): string[] {
  const width = widest(components.map(({ name }) => name));
  return components.map(({ name, path }) => `${printable(name).padEnd(width)}  ${shownPath(path, cwd)}`);
}

/** Who carries messages, where the main component has to do with them, or one beside it has subscribed to some. */
function messageLines(
  { description: { imports, exports } }: ComponentFile,
  components: Settings['components'],
  messaging: Settings['messaging'],
): string[] {
  const names = [...imports.map(({ name }) => name), ...exports];
  const isUsed =
    names.some((name) => name.startsWith('wasmcloud:messaging/')) ||
    components.some(({ config }) => config.subscriptions !== undefined);
  return isUsed ? [formatBroker(messaging)] : [];
}

/** One line a package: `wasi:keyvalue@0.2.0-draft  store, atomics`. */
function groupedImports({ description }: ComponentFile): string[] {
  const packages = new Map<string, string[]>();
  for (const { name, label } of description.imports) {
    const match = /^([^/]+)\/([^@]+)(@.*)?$/.exec(name);
    const owner = match === null ? name : `${match[1]}${match[3] ?? ''}`;
    const shown = `${label === undefined ? '' : `${label}: `}${match?.[2] ?? ''}`;
    packages.set(owner, [...(packages.get(owner) ?? []), shown]);
  }
  const width = widest(packages.keys());
  const lines = [...packages].map(
    ([owner, interfaces]) => `${owner.padEnd(width)}  ${interfaces.join(', ')}`,
  );
  return lines.length > 0 ? lines : ['nothing'];
}

/** An identifier that gets what every other one gets needs no line of its own. */
function bucketLines({ named, others, labels }: KeyvalueSettings): string[] {
  const rest = formatRule(others);
  const own = [...named].map(([identifier, rule]) => [identifier, formatRule(rule)] as const);
  const different = own.filter(([, rule]) => rule !== rest);
  return [
    ...different.map(([identifier, rule]) => `${identifier} → ${rule}`),
    `${different.length > 0 ? 'every other identifier' : 'every identifier'} → ${rest}`,
    ...[...(labels ?? [])].map(([label, store]) => `${addressOf(label, '…')} → ${formatRule(store)}`),
  ];
}

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${styled('dim', (index === 0 ? label : '').padEnd(9))} ${line}`);
}
