import { type Command, Option } from 'commander';
import type { Flags } from '../../../composition/settings.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { configOption, directoryOption } from '../../../terminal/place-options.ts';
import type { BlobSession } from './blob-session.ts';

interface BlobFlags extends Flags {
  readonly json?: boolean;
  readonly prefix?: string;
  readonly all?: boolean;
  readonly to?: string;
  readonly as?: string;
}

/** Adds `kvasi blob`. */
export function addBlobCommands(program: Command, context: CommandContext): void {
  const blob = storeOptions(program.command('blob'))
    .description('Read and write the blobs of a project.')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  kvasi blob list                                     the containers of the running kvasi dev
  kvasi blob put images logo.png ./logo.png
  kvasi blob get images logo.png > logo.png
  kvasi blob copy images --to sqlite:backup.db

The commands talk to the kvasi dev that runs in the project's folder, else to the store that the configuration
names; --blobs opens a store in any case. Where several kvasi dev run there, the first that began is taken, or
the one that --address names. Nothing is held whole in memory. Exit codes: 0 done, 1 failed or no such object,
2 wrong usage.`,
    );
  const run = async (flags: Flags, act: (session: BlobSession) => Promise<void>): Promise<void> => {
    const { withBlobs } = await import('./blob-session.ts');
    await withBlobs(flags, context, act);
  };
  const add = (usage: string, description: string, ...examples: readonly string[]): Command =>
    storeOptions(blob.command(usage))
      .description(description)
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);

  add(
    'list [container]',
    'List the objects of a container, or all containers, one a line.',
    'kvasi blob list',
    'kvasi blob list images --prefix icons/',
  )
    .addOption(prefixOption())
    .option('--json', 'print one JSON object a line: {"object": "…"} or {"container": "…"}')
    .action(async (container: string | undefined, flags: BlobFlags) => {
      const { list } = await import('./blob-list.ts');
      await run(flags, (session) => list(session, container, flags.prefix ?? '', flags.json === true));
    });

  add(
    'get <container> <object> [file]',
    'Write the bytes of an object to a file, which is replaced when all is there, or to standard output (-).',
    'kvasi blob get images logo.png logo.png',
    'kvasi blob get backups db.gz | gunzip',
  ).action(async (container: string, object: string, file: string | undefined, flags: BlobFlags) => {
    const { get } = await import('./blob-bytes.ts');
    await run(flags, (session) => get(session, { container, object }, file));
  });

  add(
    'put <container> <object> [file]',
    'Write an object with the bytes of a file, or of standard input. A container that is not there is made.',
    'kvasi blob put images logo.png ./logo.png',
    'gzip < db | kvasi blob put backups db.gz',
  ).action(async (container: string, object: string, file: string | undefined, flags: BlobFlags) => {
    const { put } = await import('./blob-bytes.ts');
    await run(flags, (session) => put(session, { container, object }, file));
  });

  add(
    'delete <container> [objects...]',
    'Delete objects, or with --all a container with all that is in it. It is no error when there are no such objects.',
    'kvasi blob delete images logo.png',
    'kvasi blob delete images --all',
  )
    .option('--all', 'delete the container')
    .action(async (container: string, objects: string[], flags: BlobFlags) => {
      const { remove } = await import('./blob-list.ts');
      await run(flags, (session) => remove(session, container, objects, flags.all === true));
    });

  add(
    'copy <container>',
    'Write every object of a container in another one, or in another store. What is there besides stays.',
    'kvasi blob copy images --to sqlite:backup.db',
    'kvasi blob copy images --as images-before',
    'kvasi blob copy images --blobs filesystem:old --to nats://127.0.0.1:4222',
  )
    .option('--to <backend>', 'nats://…, sqlite:PATH or filesystem:PATH (default: the same store)')
    .option('--as <container>', 'the name of the container there (default: the same)')
    .addOption(prefixOption())
    .option('--json', 'print {"copied": …, "bytes": …}')
    .action(async (container: string, flags: BlobFlags) => {
      const { copy } = await import('./blob-copy.ts');
      await run(flags, (session) => copy(session, container, flags));
    });
}

function prefixOption(): Option {
  return new Option('--prefix <text>', 'only objects whose names begin with it');
}

function storeOptions(command: Command): Command {
  return command
    .addOption(directoryOption())
    .addOption(configOption())
    .option('--blobs <name|url>', 'open this store instead of what the project says')
    .option('--address <host:port>', 'where the kvasi dev serves that is meant, if several run');
}
