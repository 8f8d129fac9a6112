import { Argument, Command, Option } from 'commander';
import { LOG_LEVELS } from '../config/settings.ts';
import { HostError } from '../host-error.ts';
import { hostVersion } from '../version.ts';
import type { CommandContext } from './command-context.ts';
import { completionScript, shells } from './completions.ts';
import type { ConformanceOptions } from './conformance.ts';
import { addKvCommands } from './kv-commands.ts';
import { type TestOptions, testReporters } from './test-options.ts';

/** Exit codes: 0 done, 1 something failed, 2 the command line was used wrongly. */
export type ExitCode = 0 | 1 | 2;

/** What commander reads of the flags that several commands share. */
interface SharedOptions {
  directory?: string;
  config?: string;
  address?: string;
  backend?: string;
  instances?: string;
  threads?: string;
  requestTimeout?: string;
  limit?: string[];
  logLevel?: string;
  env?: string[];
  json?: boolean;
}

/** What commander reads of the flags of `dev`. */
interface DevOptions extends SharedOptions {
  verbose?: boolean;
  watch?: boolean;
  inspector: boolean;
  inspectorPort?: string;
  record?: string;
}

/**
 * The command line.
 *
 * @param done gets the exit code of a command that has one of its own
 */
export function programOf(context: CommandContext, done: (code: ExitCode) => void): Command {
  const program = new Command('kvasi')
    .description('Runs prebuilt WebAssembly components that use wasi:keyvalue, on Node, against any store.')
    .version(hostVersion(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => context.stdout.text(text),
      writeErr: (text) => context.stderr.problem(text.replace(/^error:/, 'kvasi:').trimEnd()),
    })
    .addHelpText(
      'after',
      `
Examples:
  kvasi dev                       serve the component that .wash/config.yaml names, on http://localhost:8000
  kvasi dev app.wasm              serve a component
  kvasi inspect app.wasm          show what a component imports and exports
  kvasi new my-app                write a Rust project
  kvasi kv set in_memory a b      set a key of the running kvasi dev
  kvasi test                      run scenarios.yaml
  kvasi config                    show the settings in force and where each comes from
  kvasi conformance --backend ./my-backend.ts
                                  hold a backend of your own to what every backend does

Exit codes: 0 done, 1 failed, 2 wrong usage.`,
    );

  settingsOptions(program.command('dev [component]'))
    .description('Serve a component over HTTP, with its keyvalue buckets, and again whenever it changes.')
    .option('--verbose', 'print each keyvalue operation of a request on a line of its own')
    .option('--no-watch', 'do not watch the component and its sources')
    .option('--json', 'print one JSON object a line instead of text')
    .option('--record <file>', 'keep buckets in memory, and write what is done as a scenario for kvasi test')
    .option('--no-inspector', 'leave the inspector off')
    .option(
      '--inspector-port <port>',
      'where the inspector listens (default: 8001 where it is free, else any)',
    )
    .addHelpText(
      'after',
      `
Examples:
  kvasi dev target/wasm32-wasip2/release/app.wasm
  kvasi dev app.wasm --address localhost:0            take any free port
  kvasi dev app.wasm --env GREETING=hello             set a variable for the component
  kvasi dev -C ../shop                                serve the project in another folder
  kvasi dev app.wasm --request-timeout 5s             give up after five seconds
  kvasi dev app.wasm --verbose                        show every keyvalue operation
  kvasi dev app.wasm --record scenarios.yaml          write what is done by hand as a scenario
  kvasi dev app.wasm --no-inspector                   without the page that shows buckets and requests

With a build.command in the configuration it is run first, and again when a source changes.
In a terminal, h lists the keys. Ctrl-C answers what is under way and stops; a second Ctrl-C stops at once.`,
    )
    .action(async (component: string | undefined, options: DevOptions) => {
      const { dev } = await import('./dev.ts');
      const inspector = options.inspector ? { port: portOf(options.inspectorPort) } : ('off' as const);
      await dev({ ...options, component, inspector }, context);
    });

  program
    .command('inspect <component>')
    .description('Show what a component imports and exports, and what would be served for each.')
    .option('--json', 'print one JSON object')
    .option(
      '--behavior [scenarios]',
      'run its scenarios (default: scenarios.yaml beside it) under every fault in turn, and show what it does',
    )
    .addHelpText(
      'after',
      `
Examples:
  kvasi inspect app.wasm
  kvasi inspect app.wasm --json | jq .imports
  kvasi inspect app.wasm --behavior                   does it answer 5xx, hang or lose data when a store fails?
  kvasi inspect app.wasm --behavior tests/cart.yaml`,
    )
    .action(async (component: string, options: SharedOptions & { behavior?: string | true }) => {
      if (options.behavior !== undefined) {
        const { inspectBehavior } = await import('./inspect-behavior.ts');
        done(await inspectBehavior(component, options.behavior, options.json === true, context));
        return;
      }
      const { inspect } = await import('./inspect.ts');
      done(await inspect(component, options.json === true, context));
    });

  settingsOptions(program.command('config'))
    .description('Show the settings in force and where each comes from.')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  kvasi config
  kvasi config --backend redis://127.0.0.1:6379       see what a flag changes
  kvasi config --json`,
    )
    .action(async (options: SharedOptions) => {
      const { config } = await import('./config.ts');
      await config(options, options.json === true, context);
    });

  program
    .command('test [files...]')
    .description('Run scenarios (requests, and what is expected of them) on each backend.')
    .option(
      '--against <backends>',
      'in_memory (default), filesystem, sqlite, redis, nats; several with commas',
      collect,
    )
    .option('--redis-server <program>', 'the server for redis (default: KVASI_REDIS_SERVER, or redis-server)')
    .option('--nats-server <program>', 'the server for nats (default: KVASI_NATS_SERVER, or nats-server)')
    .option('--name <text>', 'only scenarios with this in their name')
    .option('--watch', 'run again when a file of scenarios or a component changes')
    .option('--update', 'write what the first backend does into the files, as what is expected')
    .addOption(
      new Option('--reporter <name>', 'a table, JUnit XML, JSON or TAP')
        .choices([...testReporters])
        .default('table'),
    )
    .addHelpText(
      'after',
      `
Without files it is scenarios.yaml. Each backend has a temporary folder, or a server of its own on a free port; one whose
server is not installed is skipped, or an error where CI is set. A run in which nothing ran has failed.

Examples:
  kvasi test                                          scenarios.yaml, in memory
  kvasi test tests/*.yaml --against in_memory,filesystem,sqlite,redis,nats
  kvasi test --against redis --redis-server /opt/redis-8/bin/redis-server
  kvasi test --watch                                  again at each change
  kvasi test --update                                 take what the component answers as expected
  kvasi test --reporter junit > report.xml
  kvasi dev app.wasm --record scenarios.yaml          write one by doing it`,
    )
    .action(async (files: string[], options: TestOptions) => {
      const { test } = await import('./test.ts');
      done(await test(files, options, context));
    });

  program
    .command('conformance')
    .description('Hold a backend to what every backend does alike, yours or one of the host.')
    .requiredOption(
      '--backend <name|url|module>',
      'in_memory, filesystem, sqlite, redis://…, nats://… or ./my-backend.ts',
    )
    .option('--option <key=value>', 'an option of a module; JSON, or else text; may be repeated', collect)
    .option('--group <name>', 'only this group of cases; may be repeated', collect)
    .addOption(
      new Option('--reporter <name>', 'a table, or JUnit XML').choices(['table', 'junit']).default('table'),
    )
    .addHelpText(
      'after',
      `
Examples:
  kvasi conformance --backend sqlite                  in a temporary folder
  kvasi conformance --backend redis://127.0.0.1:6379  in buckets of its own, which it removes
  kvasi conformance --backend ./my-backend.ts --option path=data --option pageSize=100
  kvasi conformance --backend ./my-backend.ts --reporter junit > report.xml`,
    )
    .action(async (options: ConformanceOptions) => {
      const { conformance } = await import('./conformance.ts');
      done(await conformance(options, context));
    });

  program
    .command('new <folder>')
    .description('Write a Rust project for a component, ready to be built and served.')
    .addHelpText(
      'after',
      `
Examples:
  kvasi new my-app
  cd my-app && cargo build --target wasm32-wasip2 --release && kvasi dev`,
    )
    .action(async (folder: string) => {
      const { createProject } = await import('./new.ts');
      await createProject(folder, context);
    });

  addKvCommands(program, context);

  program
    .command('completions')
    .description('Print the completion script of a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  source <(kvasi completions bash)                    in ~/.bashrc
  source <(kvasi completions zsh)                     in ~/.zshrc, below compinit
  kvasi completions fish | source                     in ~/.config/fish/config.fish`,
    )
    .action((shell: (typeof shells)[number]) => {
      context.stdout.text(completionScript(program, shell));
    });
  return program;
}

function settingsOptions(command: Command): Command {
  return command
    .option('-C, --directory <dir>', 'the project folder (default: the working directory)')
    .option('--config <file>', 'the configuration file (default: .wash/config.yaml, .yml, .json or .toml)')
    .option('--address <host:port>', 'where to listen; port 0 takes a free one (default: localhost:8000)')
    .option(
      '--backend <name|url>',
      'serve every identifier from this backend: in_memory, redis://…, nats://…',
    )
    .option('--instances <mode>', 'fresh: a new instance for each request; reuse: keep them (default: fresh)')
    .option('--threads <n>', 'how many threads run the component (default: 1)')
    .option(
      '--request-timeout <duration>',
      'give a request up after this long without progress (default: 30s)',
    )
    .option(
      '--limit <name=value>',
      'one of dev.limits, such as memory=256MiB or connections=100; may be repeated',
      collect,
    )
    .option('--env <K=V>', 'an environment variable for the component; may be repeated', collect)
    .addOption(
      new Option('--log-level <level>', 'how much to print (default: info)').choices([...LOG_LEVELS]),
    );
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new HostError(
    'usage',
    `--inspector-port is ${JSON.stringify(text)}. Expected a port from 0 to 65535.`,
  );
}

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}
