import type { Parsed } from '../../shared/parsed.ts';
import type { Protocol } from './socket-policy.ts';

/** A port of the private loopback that a port of this machine leads to. */
export interface PublishedPort {
  /** Within the workload. */
  readonly port: number;
  readonly protocol: Protocol;
  /** Of this machine; undefined where none leads there. */
  readonly publish: number | undefined;
  /** Whether the call named it; the ports of a file may be those of a host that runs beside. */
  readonly isOfCall?: true;
}

const expected = 'a port such as 8080, 8080:7777 where it is 7777 for the component, or 5353/udp';

/** Reads what `--publish` takes. */
export function parsePublished(text: string): Parsed<PublishedPort> {
  const [, publish = '', port = publish, protocol = 'tcp'] =
    /^(\d{1,5})(?::(\d{1,5}))?(?:\/(tcp|udp))?$/i.exec(text) ?? [];
  const ports = [Number(publish || Number.NaN), Number(port || Number.NaN)];
  if (!ports.every((one) => one >= 1 && one <= 65_535)) return { expected };
  return {
    value: {
      publish: Number(publish),
      port: Number(port),
      protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp',
    },
  };
}
