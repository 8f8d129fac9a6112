import { HostError } from '../../../shared/host-error.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { countKeys } from '../transfer/count-keys.ts';
import { inBatches } from '../transfer/entry-store.ts';
import { CopyState, type Position } from './copy-state.ts';
import { EntryProgress } from './entry-progress.ts';
import type { KvSession } from './kv-session.ts';
import type { OpenedBucket } from './opened-bucket.ts';

/** Where to, and how. */
interface CopyOptions {
  /** A backend as for `--backend`, or another bucket of the project. */
  readonly to: string;
  /** The bucket's name in that backend. Default: the same. */
  readonly as?: string | undefined;
  readonly prefix: string;
  readonly json: boolean;
  /** Forgets where an attempt before has stopped. */
  readonly restart: boolean;
}

/** `kvasi kv copy`: sets every key of a bucket in another one; what was there besides stays. */
export async function copy(session: KvSession, bucket: string, options: CopyOptions): Promise<void> {
  const { stdout, stderr } = session.context;
  await using source = await session.open(bucket);
  await using target = await openTarget(session, bucket, options);
  if (source.name === target.name) {
    throw new HostError(
      'usage',
      `${source.name} can't be copied to itself. Name another one with --to or --as.`,
    );
  }
  const state = new CopyState(session.directory, `${source.name} ${options.prefix}`, target.name);
  const before = options.restart ? undefined : await state.read();
  const start = source.isOrdered ? before : undefined;
  if (start !== undefined) {
    stderr.line(
      `going on after ${start.copied} keys, where a copy before stopped; --restart copies all again`,
    );
  } else if (before !== undefined) {
    stderr.line('a copy before was stopped; this store lists its keys in no order, so all are copied again');
  }
  session.context.heedSignals();
  const copied = await copyEntries(source, target, options.prefix, start, state, session.context);
  await state.remove();
  if (options.json) stdout.json({ copied });
  else stdout.line(`${copied} keys of ${source.name} are in ${target.name}`);
}

/** Answers how many keys there are in the target, with those of an attempt before. */
async function copyEntries(
  source: OpenedBucket,
  target: OpenedBucket,
  prefix: string,
  start: Position | undefined,
  state: CopyState,
  { stderr, signal }: CommandContext,
): Promise<number> {
  using progress = new EntryProgress(stderr, 'copying');
  const total = await countKeys(source.store, prefix);
  let copied = start?.copied ?? 0;
  for await (const { entries, resume } of source.store.read(start?.cursor, prefix)) {
    for await (const batch of inBatches(entries)) {
      await target.store.write(batch);
      copied += batch.length;
      progress.update(copied, total.exact ? copied / Math.max(1, total.count) : undefined);
    }
    if (resume !== undefined) await state.write({ cursor: resume, copied });
    if (signal.aborted)
      throw new HostError('backend', `stopped after ${copied} keys; the same command goes on there.`);
  }
  return copied;
}

async function openTarget(
  session: KvSession,
  bucket: string,
  { to, as }: CopyOptions,
): Promise<OpenedBucket> {
  const target = await session.openIn(to, as ?? bucket);
  if (target !== undefined) return target;
  if (as !== undefined) {
    throw new HostError(
      'usage',
      `--as names the bucket in a backend, and '${to}' is none. Name the bucket with --to.`,
    );
  }
  return await session.open(to);
}
