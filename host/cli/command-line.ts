import { resolve } from 'node:path';
import { Argument, Command, Option } from 'commander';
import type { CommandPart } from '../interfaces/command-part.ts';
import type { Setting } from '../settings/setting.ts';
import { HostError } from '../shared/host-error.ts';
import { hostVersion } from '../shared/version.ts';
import { collect } from '../terminal/collect.ts';
import type { CommandContext } from '../terminal/command-context.ts';
import { configOption, directoryOption, type PlaceOptions, placeOf } from '../terminal/place-options.ts';
import type { ProjectHost } from '../testing/scenarios/project-host.ts';
import { completionScript, shells } from './completions.ts';
import { inheritOptions } from './inherited-options.ts';
import { addInspectCommand } from './inspect/inspect-command.ts';
import { type Language, languages, type WasiVersion, wasiVersions } from './new/languages.ts';
import { addRunCommand } from './run-command.ts';
import { type SharedOptions, settingsOptions } from './settings-options.ts';
import { type TestOptions, testReporters } from './test/test-options.ts';
import { addTypesCommand } from './types/types-command.ts';

/** Exit codes: 0 done, 1 something failed, 2 the command line was used wrongly; `kvasi run` has those of its component. */
export type ExitCode = number;

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
 * @param surroundings what commands work with; `-C` takes them elsewhere
 * @param done gets the exit code of a command that has one of its own
 * @param settings those of the host, which have flags
 * @param parts what interfaces bring
 */
export function commandLine(
  surroundings: CommandContext,
  done: (code: ExitCode) => void,
  settings: readonly Setting[],
  parts: readonly CommandPart[],
): Command {
  const context: { -readonly [Key in keyof CommandContext]: CommandContext[Key] } = { ...surroundings };
  const program = new Command('kvasi')
    .description('Runs prebuilt WebAssembly components that use wasi:keyvalue, on Node, against any store.')
    .version(hostVersion(), '-V, --version')
    .addOption(directoryOption())
    .addOption(configOption())
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .hook('preAction', async (_, command) => {
      const { cwd, isNamed, config } = await placeOf(command, surroundings.cwd);
      context.cwd = cwd;
      if (isNamed) command.setOptionValue('directory', '.');
      inheritOptions(command);
      if (config === undefined) return;
      if (!command.options.some(({ long }) => long === '--config'))
        throw new HostError('usage', `kvasi ${command.name()} reads no configuration. Leave --config out.`);
      command.setOptionValue('config', config);
    })
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
  kvasi run tool.wasm a b         run a component that is a command
  kvasi inspect app.wasm          show what a component imports and exports
  kvasi types app.wasm            write TypeScript declarations of what it imports
  kvasi new my-app                write a project in Rust, TypeScript or Python
  kvasi kv set in_memory a b      set a key of the running kvasi dev
  kvasi test                      run scenarios.yaml
  kvasi config                    show the settings in force and where each comes from
  kvasi -C ../shop dev            do it in another folder
  kvasi conformance --backend ./my-backend.ts
                                  hold a backend of your own to what every backend does

Exit codes: 0 done, 1 failed, 2 wrong usage; kvasi run has those of its component.`,
    );

  settingsOptions(program.command('dev [component]'), settings)
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
      const { dev } = await import('./dev/dev.ts');
      const inspector = options.inspector ? { port: portOf(options.inspectorPort) } : ('off' as const);
      await dev({ ...options, component, inspector }, context);
    });

  addRunCommand(program, context, done, settings);
  addInspectCommand(program, context, done);
  addTypesCommand(program, context);

  settingsOptions(program.command('config'), settings)
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
      const { config } = await import('./config-command.ts');
      await config(options, options.json === true, context);
    });

  program
    .command('test [files...]')
    .description('Run scenarios (requests, and what is expected of them) on each backend.')
    .addOption(directoryOption())
    .addOption(new Option('--config <file>', 'what scenarios leave open is as this configuration file says'))
    .option(
      '--against <backends>',
      'in_memory (default), filesystem, sqlite, redis, nats, postgres; several with commas',
      collect,
    )
    .option('--redis-server <program>', 'the server for redis (default: KVASI_REDIS_SERVER, or redis-server)')
    .option('--nats-server <program>', 'the server for nats (default: KVASI_NATS_SERVER, or nats-server)')
    .option(
      '--postgres-server <program>',
      'the server for postgres (default: KVASI_POSTGRES_SERVER, or postgres)',
    )
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
Without files it is scenarios.yaml. Each backend has a temporary folder, or a server of its own on a free port, which has to
be installed. A run in which nothing ran has failed.

Examples:
  kvasi test                                          scenarios.yaml, in memory
  kvasi test tests/*.yaml --against in_memory,filesystem,sqlite,redis,nats,postgres
  kvasi test -C ../shop --config .wash/config.yaml    with the environment and the rules of a project
  kvasi test --against redis --redis-server /opt/redis-8/bin/redis-server
  kvasi test --watch                                  again at each change
  kvasi test --update                                 take what the component answers as expected
  kvasi test --reporter junit > report.xml
  kvasi dev app.wasm --record scenarios.yaml          write one by doing it`,
    )
    .action(async (files: string[], { config: file, ...options }: TestOptions & PlaceOptions) => {
      const { test } = await import('./test/test.ts');
      const project = file === undefined ? undefined : await projectHostOf(file, context);
      done(await test(files, { ...options, project }, context));
    });

  for (const part of parts) part.add(program, context, done);

  program
    .command('new <folder>')
    .description('Write a project for a component, ready to be built and served.')
    .addOption(directoryOption())
    .addOption(
      new Option('--language <name>', 'the language of the component').choices(languages).default('rust'),
    )
    .addOption(
      new Option('--wasi <version>', 'the version of WASI; 0.3 is for Rust')
        .choices(wasiVersions)
        .default('0.2'),
    )
    .addHelpText(
      'after',
      `
Examples:
  kvasi new my-app
  cd my-app && cargo build --target wasm32-wasip2 --release && kvasi dev
  kvasi new my-app --wasi 0.3                     a component of WASI 0.3
  kvasi new my-app --language typescript          built by jco
  kvasi new my-app --language python              built by componentize-py`,
    )
    .action(async (folder: string, options: { language: Language; wasi: WasiVersion }) => {
      const { createProject } = await import('./new/create-project.ts');
      // The command for the shell that it prints starts where the shell is.
      await createProject(resolve(context.cwd, folder), options, surroundings);
    });

  program
    .command('completions')
    .description('Print the completion script of a shell.')
    .addOption(directoryOption())
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

async function projectHostOf(config: string, { cwd, env }: CommandContext): Promise<ProjectHost> {
  const { resolveSettings } = await import('../composition/settings.ts');
  const { projectHost } = await import('../testing/scenarios/project-host.ts');
  return projectHost((await resolveSettings({ cwd, env, flags: { config } })).settings);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new HostError(
    'usage',
    `--inspector-port is ${JSON.stringify(text)}. Expected a port from 0 to 65535.`,
  );
}
