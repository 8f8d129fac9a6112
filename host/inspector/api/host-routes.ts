import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { explainSettings } from '../../composition/explain-settings.ts';
import type { Route } from '../../interfaces/inspector-part.ts';
import { hostVersion } from '../../shared/version.ts';
import type { InspectedHost } from './inspected-host.ts';
import { openApiFile } from './openapi-file.ts';
import { json, route } from './route.ts';
import { componentInfo, configInfo, hostInfo } from './schemas.ts';

export const hostRoutes: readonly Route<InspectedHost>[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/host',
      summary: 'Which host this is.',
      answer: hostInfo,
    },
    ({ host }) =>
      json(hostInfo, {
        name: 'kvasi',
        version: hostVersion(),
        pid: process.pid,
        directory: host.resolved.settings.directory,
        url: host.url,
        started: host.started,
      }),
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/component',
      summary: 'What the component imports and exports, and who serves it.',
      answer: componentInfo,
    },
    async ({ host }) => json(componentInfo, await host.inspection()),
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/config',
      summary: 'The settings in force and where each comes from, with secrets left out.',
      answer: configInfo,
    },
    async ({ host }) => json(configInfo, { settings: await explainSettings(host.resolved) }),
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/openapi.json',
      summary: 'This description.',
      answer: v.looseObject({ openapi: v.string() }),
    },
    async () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: await readFile(openApiFile, 'utf8'),
    }),
  ),
];
