import type { VNode } from 'preact';
import type { ComponentInfo, ConfigInfo, HostInfo } from '../api/schemas.ts';
import { read } from './api.ts';
import { bytesText, spanText } from './format.ts';
import { html } from './html.ts';
import { useLoaded } from './use-loaded.ts';

/** What the component imports and who serves it, and the settings in force. */
export function ComponentPage(): VNode {
  const { value: component, problem } = useLoaded(() => read<ComponentInfo>('component'), []);
  const config = useLoaded(() => read<ConfigInfo>('config'), []).value;
  const host = useLoaded(() => read<HostInfo>('host'), []).value;
  return html`
    <section class="component-info" aria-label="Component">
      <h1>Component</h1>
      ${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
      ${component === undefined ? '' : html`<${Component} component=${component} host=${host} />`}
    </section>
    <section class="config" aria-label="Configuration">
      <h1>Configuration</h1>
      <div class="scroll" tabindex="0" role="group" aria-label="Settings in force">
        <table>
          <thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">From</th></tr></thead>
          <tbody>
            ${(config?.settings ?? []).map(
              ({ key, value, origin }) => html`
                <tr key=${key}><th scope="row" class="mono">${key}</th><td class="mono">${value ?? '(none)'}</td><td>${origin}</td></tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </section>
  `;
}

interface ComponentProps {
  readonly component: ComponentInfo;
  readonly host: HostInfo | undefined;
}

function Component({
  component: { component, bytes, imports, exports, problem },
  host,
}: ComponentProps): VNode {
  return html`
    <p class="mono">${component}</p>
    <dl class="facts">
      <div><dt>size</dt><dd>${bytesText(bytes)}</dd></div>
      ${host === undefined ? '' : html`<div><dt>kvasi</dt><dd>${host.version}, pid ${host.pid}</dd></div><div><dt>runs for</dt><dd>${spanText(Date.now() - host.started)}</dd></div>`}
    </dl>
    ${problem === undefined ? '' : html`<p class="problem">${problem}</p>`}
    <div class="scroll" tabindex="0" role="group" aria-label="Imports and exports">
      <table>
        <thead><tr><th scope="col">Import</th><th scope="col">Served by</th></tr></thead>
        <tbody>
          ${imports.map(({ name, label, served, problem: reason }) => html`<tr key=${label ?? name}><th scope="row" class="mono">${label === undefined ? name : `${label}: ${name}`}</th><td class=${reason === undefined ? '' : 'bad'}>${reason ?? served}</td></tr>`)}
        </tbody>
        <thead><tr><th scope="col" colspan="2">Export</th></tr></thead>
        <tbody>${exports.map((name) => html`<tr key=${name}><th scope="row" class="mono" colspan="2">${name}</th></tr>`)}</tbody>
      </table>
    </div>
  `;
}
