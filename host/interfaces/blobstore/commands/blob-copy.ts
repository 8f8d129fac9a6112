import { HostError } from '../../../shared/host-error.ts';
import type { BlobSession } from './blob-session.ts';
import type { BlobStore } from './blob-store.ts';
import { ByteProgress } from './byte-progress.ts';

/** What `kvasi blob copy` is told besides. */
interface CopyOptions {
  readonly to?: string;
  readonly as?: string;
  readonly prefix?: string;
  readonly json?: boolean;
}

/** `kvasi blob copy`: writes every object of a container in another one; what was there besides stays. */
export async function copy(session: BlobSession, container: string, options: CopyOptions): Promise<void> {
  const { context } = session;
  const { to, as = container, prefix = '', json = false } = options;
  if (to === undefined && as === container) {
    throw new HostError(
      'usage',
      `container '${container}' can't be copied to itself. Name another store with --to, or a container with --as.`,
    );
  }
  await using source = await session.open();
  await using target = to === undefined ? undefined : await session.openIn(to);
  const sink = target ?? source;
  if (sink.name === source.name && as === container) {
    throw new HostError(
      'usage',
      `${source.name} can't be copied to itself. Name another store or container.`,
    );
  }
  context.heedSignals();
  const { count, bytes } = await copyObjects(source, container, sink, as, prefix, session);
  if (json) context.stdout.json({ copied: count, bytes });
  else context.stdout.line(`${count} objects of container '${container}' are in '${as}' of ${sink.name}`);
}

async function copyObjects(
  source: BlobStore,
  container: string,
  sink: BlobStore,
  as: string,
  prefix: string,
  { context: { stderr, signal } }: BlobSession,
): Promise<{ readonly count: number; readonly bytes: number }> {
  using progress = new ByteProgress(stderr, 'copying', undefined);
  let count = 0;
  let bytes = 0;
  // All of them first, so that none is copied that was made by copying.
  const names: string[] = [];
  for await (const some of source.objects(container, prefix)) names.push(...some);
  await sink.ensure(as);
  for (const object of names) {
    if (signal.aborted) throw new HostError('backend', `stopped after ${count} objects.`);
    await using opened = await source.read({ container, object });
    await sink.write({ container: as, object }, counted(opened.parts, progress));
    count += 1;
    bytes += opened.size;
  }
  return { count, bytes };
}

async function* counted(
  parts: AsyncIterable<Uint8Array>,
  progress: ByteProgress,
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    progress.add(part.length);
    yield part;
  }
}
