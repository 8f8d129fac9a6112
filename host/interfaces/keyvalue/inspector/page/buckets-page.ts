import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { read } from '../../../../inspector/page/api.ts';
import { html } from '../../../../inspector/page/html.ts';
import type { PageProps } from '../../../../inspector/page/interface-pages.ts';
import { useLive } from '../../../../inspector/page/live-requests.ts';
import { useLoaded } from '../../../../inspector/page/use-loaded.ts';
import type { BucketInfo, BucketList } from '../bucket-schemas.ts';
import { BucketHeader } from './bucket-header.ts';
import { BucketNav } from './bucket-nav.ts';
import { KeyList } from './key-list.ts';
import { ValuePanel } from './value-panel.ts';

/** How long after a request wrote to a bucket its keys are read again, in milliseconds. */
const settleTime = 400;

/** Buckets, the keys of one, and the value of a key. */
export function Page({ query }: PageProps): VNode {
  const { requests } = useLive();
  const writes = useWrites();
  const [version, setVersion] = useState(0);
  const seen = requests.reduce(
    (sum, { operations }) => sum + operations.filter(({ op }) => op === 'open').length,
    0,
  );
  const { value: list, problem } = useLoaded(
    () => read<BucketList>('buckets'),
    [seen > 0, version, writes.buckets],
  );
  const buckets = list?.buckets ?? [];
  const name = query.get('bucket') ?? buckets.find(({ served }) => served === 'store')?.bucket;
  const { value: bucket } = useLoaded(
    async () => (name === undefined ? undefined : await read<BucketInfo>('bucket', { bucket: name })),
    [name],
  );
  const key = query.get('key') ?? undefined;
  const changed = (): void => setVersion((count) => count + 1);
  const lastWrite = writes.last.get(name ?? '') ?? 0;
  return html`
    <${BucketNav} buckets=${buckets} others=${list?.others} selected=${name} version=${version} writes=${writes.total} />
    ${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
    ${
      bucket === undefined || bucket.bucket !== name
        ? html`<section class="keys" aria-label="Keys"><p class="empty">No bucket yet. Send a request, or open one by its name.</p></section>`
        : html`
          <section class="keys" aria-label="Keys of ${bucket.bucket}">
            <${BucketHeader} bucket=${bucket} changed=${changed} />
            <${KeyList} key=${bucket.bucket} bucket=${bucket} selected=${key} version=${`${version} ${lastWrite}`} />
          </section>
        `
    }
    ${
      name === undefined || key === undefined
        ? html`<section class="value none" aria-label="Value"><p class="empty">Select a key to see its value.</p></section>`
        : html`<${ValuePanel} key=${`${name} ${key}`} bucket=${name} keyName=${key} lastWrite=${lastWrite} changed=${changed} />`
    }
  `;
}

/** The last request that wrote to each bucket, told a moment later so that many make one. */
function useWrites(): { last: ReadonlyMap<string, number>; buckets: number; total: number } {
  const { requests } = useLive();
  const [writes, setWrites] = useState({ last: new Map<string, number>(), buckets: 0, total: 0 });
  const newest = requests.at(-1)?.id ?? 0;
  useEffect(() => {
    const timer = setTimeout(() => {
      const last = new Map<string, number>();
      const buckets = new Set<string>();
      for (const { id, operations } of requests) {
        for (const { bucket, effect } of operations) {
          if (typeof bucket !== 'string') continue;
          buckets.add(bucket);
          const isWrite = effect === 'write' || effect === 'delete';
          if (isWrite) last.set(bucket, Math.max(id, last.get(bucket) ?? 0));
        }
      }
      setWrites({ last, buckets: buckets.size, total: Math.max(0, ...last.values()) });
    }, settleTime);
    return () => clearTimeout(timer);
  }, [newest]);
  return writes;
}
