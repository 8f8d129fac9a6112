import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { reasonText } from './format.ts';
import { html } from './html.ts';

interface DialogProps {
  readonly title: string;
  /** What the button says that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly children: ComponentChildren;
  /** Does it; what it throws is shown, and the dialog stays open. */
  act(form: FormData): Promise<void>;
  close(): void;
}

/** A question that is answered with a button, or with Escape. */
export function Dialog({ title, action, isDangerous, children, act, close }: DialogProps): VNode {
  const element = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  useLayoutEffect(() => element.current?.showModal(), []);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      await act(new FormData(event.target as HTMLFormElement));
      close();
    } catch (error) {
      setProblem(reasonText(error));
      setBusy(false);
    }
  };
  return html`
    <dialog ref=${element} onClose=${close} aria-labelledby="dialog-title">
      <form onSubmit=${submit}>
        <h2 id="dialog-title">${title}</h2>
        ${children}
        ${problem === '' ? '' : html`<p class="problem" role="alert">${problem}</p>`}
        <div class="buttons">
          <button type="button" class="quiet" onClick=${close}>Cancel</button>
          <button type="submit" class=${isDangerous === true ? 'danger' : 'primary'} disabled=${isBusy}>
            ${action}
          </button>
        </div>
      </form>
    </dialog>
  `;
}
