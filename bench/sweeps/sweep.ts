import type { Load, LoadResult } from '../load/load-generator.ts';

/** What a host serves at a point of a sweep. Points that follow one another with the same one share it. */
export interface Served {
  /** Of a component's binary. */
  readonly file: string;
  /** For `kvasi dev`. */
  readonly args?: readonly string[];
  /** Gives the host what the request needs. */
  prepare?(url: string): Promise<void>;
}

/** One place of a sweep. */
export interface Point {
  readonly label: string;
  readonly served: Served;
  readonly load: Pick<Load, 'request' | 'connections'>;
  /** How much work a request is, in units that differ from one point to the next, such as bytes. Default: the same everywhere. */
  readonly work?: number;
  /** It is measured at once, after a new start. Default: after a second of the same load. */
  readonly isCold?: boolean;
}

/** Something that users vary, with all else the same. */
export interface Sweep {
  readonly name: string;
  readonly title: string;
  /** What it needs, and does not find here. */
  readonly missing?: string;
  readonly points: readonly Point[];
}

export interface Measured {
  readonly point: Point;
  readonly result: LoadResult;
}

/** How far a figure may be from that of its neighbor. */
const cliff = 2;

/**
 * Why a point is a cliff: it does less than half of what its neighbors do, in requests, for each connection and in work; or the
 * slowest hundredth of its requests takes more than twice as long, beyond what more connections and slower answers make of it.
 */
export function cliffAt(measured: readonly Measured[], index: number): string | undefined {
  const here = measured[index];
  if (here === undefined) return undefined;
  for (const neighbor of [measured[index - 1], measured[index + 1]]) {
    if (neighbor === undefined) continue;
    const isSlow = [rate, work, ofConnection].every((figure) => isFarBelow(figure(here), figure(neighbor)));
    if (isSlow) return `less than half of ${neighbor.point.label}`;
    if (
      isFarBelow(tail(neighbor), tail(here)) &&
      isFarBelow(neighbor.result.latency99, here.result.latency99)
    )
      return `a tail more than twice that of ${neighbor.point.label}`;
  }
  return undefined;
}

function isFarBelow(one: number, other: number): boolean {
  return one * cliff < other;
}

function rate({ result }: Measured): number {
  return result.requestsPerSecond;
}

function work({ point, result }: Measured): number {
  return result.requestsPerSecond * (point.work ?? 1);
}

function ofConnection({ point, result }: Measured): number {
  return result.requestsPerSecond / point.load.connections;
}

/** How many times as long as the mean the slowest hundredth takes. */
function tail({ point, result }: Measured): number {
  return (result.latency99 * result.requestsPerSecond) / point.load.connections;
}
