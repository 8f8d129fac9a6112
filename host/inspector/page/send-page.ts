import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { HostInfo, SendAnswer } from '../api/schemas.ts';
import { call, read } from './api.ts';
import { bytesText, jsonText, reasonText, timeText } from './format.ts';
import { html } from './html.ts';
import { useLive } from './live-requests.ts';
import { RequestDetail } from './request-detail.ts';
import { statusClass } from './status-class.ts';
import { useLoaded } from './use-loaded.ts';

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
/** What was last sent, for when one comes back from another page. */
let last = { method: 'GET', path: '/', headers: '', body: '' };

/** A form for a request to the component, with the answer beside the operations that it made. */
export function SendPage(): VNode {
  const [answer, setAnswer] = useState<SendAnswer>();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const { requests: live } = useLive();
  const host = useLoaded(() => read<HostInfo>('host'), []).value;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const given = (name: string): string => String(form.get(name));
    last = { method: given('method'), path: given('path'), headers: given('headers'), body: given('body') };
    setBusy(true);
    setProblem('');
    try {
      const body = JSON.stringify({
        method: last.method,
        path: encodePath(last.path),
        headers: headersOf(last.headers),
        text: last.body,
      });
      const response = await call(
        'POST',
        'send',
        {},
        { body, headers: { 'content-type': 'application/json' } },
      );
      setAnswer((await response.json()) as SendAnswer);
    } catch (error) {
      setAnswer(undefined);
      setProblem(reasonText(error));
    }
    setBusy(false);
  };
  return html`
    <section class="send-form" aria-label="Request to send">
      <h1>Send a request</h1>
      <form onSubmit=${submit}>
        <div class="row">
          <label class="method">Method <select name="method">${methods.map((method) => html`<option key=${method} selected=${method === last.method}>${method}</option>`)}</select></label>
          <label class="grow">Path <input name="path" class="mono" defaultValue=${last.path} required autocomplete="off" spellcheck=${false} /></label>
        </div>
        <label>Body <textarea name="body" class="mono" rows="7" spellcheck=${false} defaultValue=${last.body}></textarea></label>
        <label>Headers <textarea name="headers" class="mono" rows="3" spellcheck=${false} placeholder="content-type: application/json" defaultValue=${last.headers}></textarea></label>
        <div class="buttons">
          <button type="submit" class="primary" disabled=${isBusy}>${isBusy ? 'Waiting …' : 'Send'}</button>
          <span class="hint">${host === undefined ? '' : `to ${host.url}`}</span>
        </div>
      </form>
    </section>
    <section class="send-answer" aria-label="Answer" aria-live="polite">
      ${problem === '' ? '' : html`<p class="problem" role="alert">${problem}</p>`}
      ${answer === undefined ? html`<p class="empty">The answer appears here.</p>` : html`<${Answer} answer=${answer} />`}
    </section>
    <section class="send-operations" aria-label="What it did">
      ${answer?.request === undefined ? html`<p class="empty">So do the operations that it makes.</p>` : html`<${RequestDetail} request=${answer.request} all=${live} />`}
    </section>
  `;
}

function Answer({
  answer: { status, headers, text, size, isCut, milliseconds },
}: {
  readonly answer: SendAnswer;
}): VNode {
  const body = text === undefined ? `(${bytesText(size)} that are no text)` : (jsonText(text) ?? text);
  return html`
    <h2><span class="status ${statusClass(status)}">${status}</span> Answer</h2>
    <dl class="facts">
      <div><dt>size</dt><dd>${isCut ? 'more than ' : ''}${bytesText(size)}</dd></div>
      <div><dt>took</dt><dd>${timeText(milliseconds)}</dd></div>
    </dl>
    <pre class="mono shown" tabindex="0" aria-label="Body of the answer">${body}</pre>
    <details>
      <summary>${headers.length} headers</summary>
      <dl class="headers mono">${headers.map(([name, value], index) => html`<div key=${index}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    </details>
  `;
}

/** Spaces and letters that a path can't have are written as a browser's address bar does. */
function encodePath(path: string): string {
  return encodeURI(path.startsWith('/') ? path : `/${path}`).replaceAll('%25', '%');
}

function headersOf(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      if (colon <= 0) throw new Error(`“${line}” is no header. Write “name: value”, one a line.`);
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
}
