import { render } from 'preact';
import { takeToken } from './api.ts';
import { App } from './app.ts';
import { html } from './html.ts';
import { interfacePages } from './interface-pages.ts';
import { followRequests } from './live-requests.ts';
import { applyTheme } from './theme.ts';

takeToken();
applyTheme();
followRequests();
const root = document.getElementById('app');
if (root !== null) render(html`<${App} interfacePages=${await interfacePages()} />`, root);
