import type { Command } from 'commander';
import type { Flags } from '../../../settings/flags.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { configOption, directoryOption } from '../../../terminal/place.ts';
import type { KvSession } from './kv-session.ts';

interface KvFlags extends Flags {
  readonly json?: boolean;
  readonly file?: string;
  readonly prefix?: string;
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
{"key": "a", "value": "text"} or {"key": "a", "base64": "AAE="}. Exit codes: 0 done, 1 failed or no such key,
2 wrong usage.`,
    );
  const run = async (flags: Flags, act: (session: KvSession) => Promise<void>): Promise<void> => {
    const { withSession } = await import('./kv-session.ts');
    await withSession(flags, context, act);
  };

  storeOptions(kv.command('get <bucket> <key>'))
    .description('Write the bytes of a value to standard output.')
    .option('--json', 'print one JSON object, with base64 where the value is no text')
    .addHelpText('after', examples('kvasi kv get in_memory mykey', 'kvasi kv get images logo > logo.png'))
    .action(async (bucket: string, key: string, flags: KvFlags) => {
      const { get } = await import('./kv-values.ts');
      await run(flags, (session) => get(session, bucket, key, flags.json === true));
    });

  storeOptions(kv.command('set <bucket> <key> [value]'))
    .description('Set a value, given here, by a file, or on standard input.')
    .option('--file <file>', 'the file with the value; - is standard input')
    .addHelpText(
      'after',
      examples('kvasi kv set in_memory mykey myvalue', 'kvasi kv set images logo --file logo.png'),
    )
    .action(async (bucket: string, key: string, value: string | undefined, flags: KvFlags) => {
      const { set } = await import('./kv-values.ts');
      await run(flags, (session) => set(session, bucket, key, { value, file: flags.file }));
    });

  storeOptions(kv.command('delete <bucket> <keys...>'))
    .description('Delete keys. It is no error when there are none.')
    .addHelpText('after', examples('kvasi kv delete in_memory mykey'))
    .action(async (bucket: string, keys: string[], flags: KvFlags) => {
      const { remove } = await import('./kv-values.ts');
      await run(flags, (session) => remove(session, bucket, keys));
    });

  storeOptions(kv.command('list <bucket>'))
    .description('List the keys of a bucket, one a line.')
    .option('--prefix <text>', 'only keys that begin with it')
    .option('--json', 'print one JSON object a line: {"key": "…"}')
    .addHelpText('after', examples('kvasi kv list sessions --prefix user/', 'kvasi kv list sessions | wc -l'))
    .action(async (bucket: string, flags: KvFlags) => {
      const { list } = await import('./kv-values.ts');
      await run(flags, (session) => list(session, bucket, flags.prefix ?? '', flags.json === true));
    });

  storeOptions(kv.command('import <bucket> [file]'))
    .description('Set every entry of a file of JSON Lines, or of standard input.')
    .option('--json', 'print {"imported": …}')
    .addHelpText(
      'after',
      examples('kvasi kv import sessions backup.jsonl', 'zcat backup.gz | kvasi kv import sessions'),
    )
    .action(async (bucket: string, file: string | undefined, flags: KvFlags) => {
      const { importEntries } = await import('./kv-transfer.ts');
      await run(flags, (session) => importEntries(session, bucket, file, flags.json === true));
    });

  storeOptions(kv.command('export <bucket> [file]'))
    .description('Write all entries as JSON Lines to a file, which is replaced, or to standard output (-).')
    .option('--prefix <text>', 'only keys that begin with it')
    .addHelpText(
      'after',
      examples('kvasi kv export sessions backup.jsonl', 'kvasi kv export sessions | gzip > backup.gz'),
    )
    .action(async (bucket: string, file: string | undefined, flags: KvFlags) => {
      const { exportEntries } = await import('./kv-transfer.ts');
      await run(flags, (session) => exportEntries(session, bucket, file, flags.prefix ?? ''));
    });

  storeOptions(kv.command('copy <bucket>'))
    .description('Set every key of a bucket in another one. A copy that was stopped goes on where it was.')
    .requiredOption(
      '--to <backend|bucket>',
      'redis://…, nats://…, sqlite:PATH, filesystem:PATH, or a bucket of the project',
    )
    .option('--as <bucket>', 'the name of the bucket in that backend (default: the same)')
    .option('--prefix <text>', 'only keys that begin with it')
    .option('--restart', 'copy everything again, wherever a copy before has stopped')
    .option('--json', 'print {"copied": …}')
    .addHelpText(
      'after',
      examples(
        'kvasi kv copy sessions --to redis://127.0.0.1:6379',
        'kvasi kv copy sessions --backend sqlite:old.db --to sqlite:new.db --as archive',
      ),
    )
    .action(async (bucket: string, { to, as, ...flags }: KvFlags) => {
      const { copy } = await import('./kv-copy.ts');
      const options = {
        to,
        as,
        prefix: flags.prefix ?? '',
        json: flags.json === true,
        restart: flags.restart === true,
      };
      await run(flags, (session) => copy(session, bucket, options));
    });
}

function storeOptions(command: Command): Command {
  return command
    .addOption(directoryOption())
    .addOption(configOption())
    .option('--backend <name|url>', 'open this store instead of what the project says')
    .option('--address <host:port>', 'where the kvasi dev serves that is meant, if several run');
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
