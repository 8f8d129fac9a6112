import { HostError } from '../../../shared/host-error.ts';
import { printable } from '../../../shared/printable.ts';
import type { BlobSession } from './blob-session.ts';

/** `kvasi blob list`: a name a line, or a JSON object a line, since a name may have line breaks in it. */
export async function list(
  session: BlobSession,
  container: string | undefined,
  prefix: string,
  json: boolean,
): Promise<void> {
  await using store = await session.open();
  const { stdout } = session.context;
  const print = async (names: readonly string[], what: string): Promise<void> => {
    if (json) stdout.jsonLines(names.map((name) => JSON.stringify({ [what]: name })));
    else stdout.lines(stdout.isTerminal ? names.map(printable) : names);
    await stdout.drained();
  };
  if (container === undefined) {
    const names = await store.containers();
    await print(
      names.filter((name) => name.startsWith(prefix)),
      'container',
    );
    return;
  }
  for await (const names of store.objects(container, prefix)) await print(names, 'object');
}

/** `kvasi blob delete`. */
export async function remove(
  session: BlobSession,
  container: string,
  objects: readonly string[],
  all: boolean,
): Promise<void> {
  if (all === objects.length > 0) {
    const what = all ? 'objects and --all are given' : 'nothing is named that is to be deleted';
    throw new HostError('usage', `${what}. Name objects, or give --all for the whole container.`);
  }
  await using store = await session.open();
  if (all) await store.deleteContainer(container);
  else await store.delete(container, objects);
}
