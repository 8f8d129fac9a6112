import { type Command, Option } from 'commander';
import { LOG_LEVELS } from '../settings/settings.ts';
import { collect } from '../terminal/collect.ts';
import { configOption, directoryOption } from '../terminal/place-options.ts';

/** What commander reads of the flags that several commands share. */
export interface SharedOptions {
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

/** Adds the flags of the settings. */
export function settingsOptions(command: Command): Command {
  return command
    .addOption(directoryOption())
    .addOption(configOption())
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
