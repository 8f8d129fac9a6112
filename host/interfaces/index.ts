import { blobstoreInterface } from './blobstore/index.ts';
import { cli03Interface, cliInterface } from './cli/index.ts';
import { clocks03Interface, clocksInterface } from './clocks/index.ts';
import { configInterface } from './config/index.ts';
import { filesystem03Interface, filesystemInterface } from './filesystem/index.ts';
import type { HostInterface } from './host-interface.ts';
import { http03Interface, httpInterface } from './http/index.ts';
import { importsInterface } from './imports/index.ts';
import { ioInterface } from './io/index.ts';
import { keyvalueInterface } from './keyvalue/index.ts';
import { loggingInterface } from './logging/index.ts';
import { messagingInterface } from './messaging/index.ts';
import { postgresInterface } from './postgres/index.ts';
import { random03Interface, randomInterface } from './random/index.ts';
import { socketsInterface } from './sockets/index.ts';

/** The interfaces of the host: what a component may import. The inspector has their pages in this order. */
export const interfaces: readonly HostInterface[] = [
  cliInterface,
  cli03Interface,
  clocksInterface,
  clocks03Interface,
  configInterface,
  filesystemInterface,
  filesystem03Interface,
  httpInterface,
  http03Interface,
  ioInterface,
  keyvalueInterface,
  blobstoreInterface,
  loggingInterface,
  messagingInterface,
  postgresInterface,
  randomInterface,
  random03Interface,
  socketsInterface,
  importsInterface,
];
