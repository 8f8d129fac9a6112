import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { HostInfo } from '../api/schemas.ts';
import { hasToken, read, setToken } from './api.ts';
import { ComponentPage } from './component-page.ts';
import { hashOf, useHashRoute } from './hash-route.ts';
import { html } from './html.ts';
import type { Page } from './interface-pages.ts';
import { type Live, useLive } from './live-requests.ts';
import { RequestsPage } from './requests-page.ts';
import { SendPage } from './send-page.ts';
import { toggleTheme } from './theme.ts';
import { useLoaded } from './use-loaded.ts';

/** The pages that the inspector has for every host. */
const ownPages: readonly Page[] = [
  { name: 'requests', title: 'Requests', Content: RequestsPage },
  { name: 'send', title: 'Send', Content: SendPage },
  { name: 'component', title: 'Component', Content: ComponentPage },
];
const states: Readonly<Record<Live['state'], string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'kvasi dev is gone',
};

/** The whole page. */
export function App({ interfacePages }: { readonly interfacePages: readonly Page[] }): VNode {
  const pages = [...interfacePages, ...ownPages];
  const { page, query } = useHashRoute();
  const { state } = useLive();
  const host = useLoaded(() => read<HostInfo>('host'), [state]).value;
  const shown = pages.find(({ name }) => name === page) ?? pages[0];
  useEffect(() => {
    document.title = shown === undefined ? 'kvasi' : `${shown.title} · kvasi`;
  }, [shown?.name]);
  return html`
    <a class="skip" href="#content" onClick=${skip}>Skip to the content</a>
    <header>
      <a class="brand" href="#/"><img src="/inspector/page/icon.svg" alt="" width="26" height="26" />kvasi</a>
      <nav aria-label="Pages">
        ${pages.map(
          ({ name, title }) => html`
            <a href=${hashOf(name)} aria-current=${name === shown?.name ? 'page' : undefined}>${title}</a>
          `,
        )}
      </nav>
      <div class="host">
        ${host === undefined ? '' : html`<a href=${host.url} target="_blank" rel="noreferrer">${host.url.replace('http://', '')}</a>`}
        <span class="state ${state}" role="status">${states[state]}</span>
        <button class="quiet icon" onClick=${toggleTheme} aria-label="Dark or light" title="Dark or light">◐</button>
      </div>
    </header>
    <${TokenNotice} />
    <main id="content" tabindex="-1" class=${shown?.name}>${shown === undefined ? '' : html`<${shown.Content} query=${query} />`}</main>
  `;
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** Asks for the token where the page was opened without the printed link. */
function TokenNotice(): VNode | undefined {
  const [isThere, setThere] = useState(hasToken());
  if (isThere) return undefined;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setToken(String(new FormData(event.target as HTMLFormElement).get('token')).replace(/^.*#token=/, ''));
    setThere(true);
  };
  return html`
    <form class="notice" onSubmit=${submit} aria-label="Token">
      <label for="token">Only reading. To change something, paste the link or token that kvasi dev printed:</label>
      <input id="token" name="token" required autocomplete="off" />
      <button type="submit">Use it</button>
    </form>
  `;
}
