import htm from 'htm';
import { h, type VNode } from 'preact';

/** What a component shows. */
export type Shown = VNode | VNode[] | string | undefined;

/** Markup as a template: `` html`<p>${text}</p>` ``. */
export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
