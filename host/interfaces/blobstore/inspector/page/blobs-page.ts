import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { read } from '../../../../inspector/page/api.ts';
import { html } from '../../../../inspector/page/html.ts';
import type { PageProps } from '../../../../inspector/page/interface-pages.ts';
import { useLive } from '../../../../inspector/page/live-requests.ts';
import { useLoaded } from '../../../../inspector/page/use-loaded.ts';
import type { ContainerList } from '../blob-schemas.ts';
import { ContainerNav } from './container-nav.ts';
import { ObjectList } from './object-list.ts';
import { ObjectPanel } from './object-panel.ts';

/** How long after a request wrote something it is read again, in milliseconds. */
const settleTime = 400;

/** Containers, the objects of one, and what is in an object. */
export function Page({ query }: PageProps): VNode {
  const [changes, setChanges] = useState(0);
  const version = `${changes} ${useLastWrite()}`;
  const changed = (): void => setChanges((count) => count + 1);
  const { value: list, problem } = useLoaded(() => read<ContainerList>('containers'), [version]);
  const containers = list?.containers ?? [];
  const name = query.get('container') ?? containers[0]?.container;
  const object = query.get('object') ?? undefined;
  const isThere = containers.some(({ container }) => container === name);
  return html`
    <${ContainerNav} list=${list} selected=${name} changed=${changed} />
    ${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
    ${
      name === undefined || !isThere
        ? html`<section class="keys" aria-label="Objects"><p class="empty">${name === undefined ? 'No container yet. Send a request, or make one.' : 'There is no such container.'}</p></section>`
        : html`<${ObjectList} key=${name} container=${name} selected=${object} version=${version} changed=${changed} />`
    }
    ${
      name === undefined || object === undefined || !isThere
        ? html`<section class="value none" aria-label="Object"><p class="empty">Select an object to see what is in it.</p></section>`
        : html`<${ObjectPanel} key=${`${name} ${object}`} container=${name} object=${object} version=${version} changed=${changed} />`
    }
  `;
}

/** The last request that wrote to a container, told a moment later so that many make one. */
function useLastWrite(): number {
  const { requests } = useLive();
  const [last, setLast] = useState(0);
  const newest = requests.at(-1)?.id ?? 0;
  useEffect(() => {
    const timer = setTimeout(() => {
      const writing = requests.filter(({ operations }) =>
        operations.some(
          ({ container, effect }) => container !== undefined && (effect === 'write' || effect === 'delete'),
        ),
      );
      setLast(writing.at(-1)?.id ?? 0);
    }, settleTime);
    return () => clearTimeout(timer);
  }, [newest]);
  return last;
}
