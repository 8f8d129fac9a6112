import htm from 'htm';
import { h, type VNode } from 'preact';

/** Markup as a template: `` html`<p>${text}</p>` ``. */
export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
