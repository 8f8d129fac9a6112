import type { FunctionComponent, VNode } from 'preact';
import type { PageList } from '../api/schemas.ts';
import { read } from './api.ts';
import { html } from './html.ts';
import { useLoaded } from './use-loaded.ts';

/** What a page is told. */
export interface PageProps {
  readonly query: URLSearchParams;
}

/** A page of the inspector. */
export interface Page {
  /** In its address. */
  readonly name: string;
  /** In the navigation. */
  readonly title: string;
  readonly Content: FunctionComponent<PageProps>;
}

/** The pages that interfaces of the host bring; none where the host does not tell. */
export async function interfacePages(): Promise<Page[]> {
  const { pages } = await read<PageList>('pages').catch((): PageList => ({ pages: [] }));
  return pages.map(({ name, title, module }) => ({ name, title, Content: loadedPage(module) }));
}

/** A page whose script is loaded when it is first shown. */
function loadedPage(module: string): FunctionComponent<PageProps> {
  return function LoadedPage({ query }): VNode {
    const { value, problem } = useLoaded(async () => (await import(module)) as InterfaceModule, []);
    if (problem !== undefined) return html`<p class="problem" role="alert">${problem}</p>`;
    return value === undefined ? html`` : html`<${value.Page} query=${query} />`;
  };
}

/** What the script of an interface's page exports. */
interface InterfaceModule {
  readonly Page: FunctionComponent<PageProps>;
}
