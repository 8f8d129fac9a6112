import { type Command, Option } from 'commander';
import type { Flags } from '../../../composition/settings.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { configOption, directoryOption } from '../../../terminal/place-options.ts';
import type { KvSession } from './kv-session.ts';

interface KvFlags extends Flags {
  readonly json?: boolean;
  readonly file?: string;
  readonly prefix?: string;
  readonly ttl?: string;
}

interface CopyFlags extends KvFlags {
  readonly to: string;
  readonly as?: string;
  readonly restart?: boolean;
}

/** Adds `kvasi kv`. */
export function addKvCommands(program: Command, context: CommandContext): void {
  const kv = storeOptions(program.command('kv'))
    .description('Read and write the buckets of a project.')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  kvasi kv set in_memory mykey myvalue                a bucket of the running kvasi dev
  kvasi kv get in_memory mykey
  kvasi kv list sessions --prefix user/
  kvasi kv import sessions backup.jsonl
  kvasi kv copy sessions --to redis://127.0.0.1:6379

The commands talk to the kvasi dev that runs in the project's folder, else to the store that the configuration
names; --backend opens a store in any case. Where several kvasi dev run there, the first that began is taken,
or the one that --address names. Both flags may stand before the command or behind it. Entries are JSON Lines:
{"key": "a", "value": "text"} or {"key": "a", "base64": "AAE="}, with "ttl": 5000 where the key ends in so many
milliseconds. Exit codes: 0 done, 1 failed or no such key,
2 wrong usage.`,
    );
  const run = async (flags: Flags, act: (session: KvSession) => Promise<void>): Promise<void> => {
    const { withSession } = await import('./kv-session.ts');
    await withSession(flags, context, act);
  };

  const add = (usage: string, description: string, ...examples: readonly string[]): Command =>
    storeOptions(kv.command(usage))
      .description(description)
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);

  add(
    'get <bucket> <key>',
    'Write the bytes of a value to standard output.',
    'kvasi kv get in_memory mykey',
    'kvasi kv get images logo > logo.png',
  )
    .option('--json', 'print one JSON object, with base64 where the value is no text')
    .action(async (bucket: string, key: string, flags: KvFlags) => {
      const { get } = await import('./kv-values.ts');
      await run(flags, (session) => get(session, bucket, key, flags.json === true));
    });

  add(
    'set <bucket> <key> [value]',
    'Set a value, given here, by a file, or on standard input.',
    'kvasi kv set in_memory mykey myvalue',
    'kvasi kv set images logo --file logo.png',
    'kvasi kv set sessions user/1 open --ttl 30m',
  )
    .option('--file <file>', 'the file with the value; - is standard input')
    .option(
      '--ttl <duration>',
      'how long the key is to live, such as 30s or 7d (default: as long as its bucket says)',
    )
    .action(async (bucket: string, key: string, value: string | undefined, flags: KvFlags) => {
      const { set } = await import('./kv-values.ts');
      await run(flags, (session) => set(session, bucket, key, { value, file: flags.file }, flags.ttl));
    });

  add(
    'delete <bucket> <keys...>',
    'Delete keys. It is no error when there are none.',
    'kvasi kv delete in_memory mykey',
  ).action(async (bucket: string, keys: string[], flags: KvFlags) => {
    const { remove } = await import('./kv-values.ts');
    await run(flags, (session) => remove(session, bucket, keys));
  });

  add(
    'list <bucket>',
    'List the keys of a bucket, one a line.',
    'kvasi kv list sessions --prefix user/',
    'kvasi kv list sessions | wc -l',
  )
    .addOption(prefixOption())
    .option('--json', 'print one JSON object a line: {"key": "…"}')
    .action(async (bucket: string, flags: KvFlags) => {
      const { list } = await import('./kv-values.ts');
      await run(flags, (session) => list(session, bucket, flags.prefix ?? '', flags.json === true));
    });

  add(
    'buckets',
    'List the buckets that hold something, one a line, and those that the configuration or requests of a running kvasi dev have named.',
    'kvasi kv buckets',
    'kvasi kv buckets --backend redis://127.0.0.1:6379',
  )
    .option('--json', 'print one JSON object a line: {"bucket": "…"}')
    .action(async (flags: KvFlags) => {
      const { listBuckets } = await import('./kv-values.ts');
      await run(flags, (session) => listBuckets(session, flags.json === true));
    });

  add(
    'import <bucket> [file]',
    'Set every entry of a file of JSON Lines, or of standard input.',
    'kvasi kv import sessions backup.jsonl',
    'zcat backup.gz | kvasi kv import sessions',
  )
    .option('--json', 'print {"imported": …}')
    .action(async (bucket: string, file: string | undefined, flags: KvFlags) => {
      const { importEntries } = await import('./kv-transfer.ts');
      await run(flags, (session) => importEntries(session, bucket, file, flags.json === true));
    });

  add(
    'export <bucket> [file]',
    'Write all entries as JSON Lines to a file, which is replaced, or to standard output (-).',
    'kvasi kv export sessions backup.jsonl',
    'kvasi kv export sessions | gzip > backup.gz',
  )
    .addOption(prefixOption())
    .action(async (bucket: string, file: string | undefined, flags: KvFlags) => {
      const { exportEntries } = await import('./kv-transfer.ts');
      await run(flags, (session) => exportEntries(session, bucket, file, flags.prefix ?? ''));
    });

  add(
    'copy <bucket>',
    'Set every key of a bucket in another one. A copy that was stopped goes on where it was.',
    'kvasi kv copy sessions --to redis://127.0.0.1:6379',
    'kvasi kv copy sessions --backend sqlite:old.db --to sqlite:new.db --as archive',
  )
    .requiredOption(
      '--to <backend|bucket>',
      'redis://…, nats://…, postgres://…, sqlite:PATH, filesystem:PATH, or a bucket of the project',
    )
    .option('--as <bucket>', 'the name of the bucket in that backend (default: the same)')
    .addOption(prefixOption())
    .option('--restart', 'copy everything again, wherever a copy before has stopped')
    .option('--json', 'print {"copied": …}')
    .action(async (bucket: string, { prefix = '', json = false, restart = false, ...flags }: CopyFlags) => {
      const { copy } = await import('./kv-copy.ts');
      await run(flags, (session) => copy(session, bucket, { ...flags, prefix, json, restart }));
    });
}

function prefixOption(): Option {
  return new Option('--prefix <text>', 'only keys that begin with it');
}

function storeOptions(command: Command): Command {
  return command
    .addOption(directoryOption())
    .addOption(configOption())
    .option('--backend <name|url>', 'open this store instead of what the project says')
    .option('--address <host:port>', 'where the kvasi dev serves that is meant, if several run');
}
