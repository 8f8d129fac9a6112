import { cliInterface } from './cli/index.ts';
import { clocksInterface } from './clocks/index.ts';
import { configInterface } from './config/index.ts';
import { filesystemInterface } from './filesystem/index.ts';
import type { HostInterface } from './host-interface.ts';
import { httpInterface } from './http/index.ts';
import { ioInterface } from './io/index.ts';
import { keyvalueInterface } from './keyvalue/index.ts';
import { loggingInterface } from './logging/index.ts';
import { randomInterface } from './random/index.ts';
import { socketsInterface } from './sockets/index.ts';

/** The interfaces of the host: what a component may import. */
export const interfaces: readonly HostInterface[] = [
  cliInterface,
  clocksInterface,
  configInterface,
  filesystemInterface,
  httpInterface,
  ioInterface,
  keyvalueInterface,
  loggingInterface,
  randomInterface,
  socketsInterface,
];
