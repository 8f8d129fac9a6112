/** What Node writes with `--cpu-prof`, as far as it is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds between a sample and the one before. */
  readonly timeDeltas: readonly number[];
  readonly startTime: number;
}

/** Self time of one function. */
export interface FunctionTime {
  readonly name: string;
  /** File and line; empty for what is not JavaScript. */
  readonly place: string;
  readonly microseconds: number;
}

/** The functions of one thread, the longest first, within a span of the monotonic clock in microseconds. */
export function selfTimes(text: string, from: number, to: number): FunctionTime[] {
  const { nodes, samples, timeDeltas, startTime } = JSON.parse(text) as CpuProfile;
  const places = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, FunctionTime>();
  let clock = startTime;
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    clock += delta;
    const frame = places.get(id);
    // The clock of a sample may go back a little; such a delta is made up for by the next one.
    if (frame === undefined || clock < from || clock > to) continue;
    const name = frame.functionName || '(anonymous)';
    const place = frame.url === '' ? '' : `${shortUrl(frame.url)}:${frame.lineNumber + 1}`;
    const key = `${name} ${place}`;
    const known = times.get(key)?.microseconds ?? 0;
    times.set(key, { name, place, microseconds: known + delta });
  }
  return [...times.values()].sort((a, b) => b.microseconds - a.microseconds);
}

/** From the repository, from a package, or the last part of the path. */
function shortUrl(url: string): string {
  if (url.startsWith('node:') || url.startsWith('wasm:')) return url;
  return (
    /(?:node_modules|\/host)\/(.*)$/.exec(url)?.[0].replace(/^\//, '') ?? url.split('/').slice(-1).join('')
  );
}

/** The same by file. */
export function byFile(functions: readonly FunctionTime[]): FunctionTime[] {
  const times = new Map<string, number>();
  for (const { name, place, microseconds } of functions) {
    const file = place === '' ? name : place.replace(/:\d+$/, '');
    times.set(file, (times.get(file) ?? 0) + microseconds);
  }
  return [...times]
    .map(([name, microseconds]) => ({ name, place: '', microseconds }))
    .sort((a, b) => b.microseconds - a.microseconds);
}
