import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { callProbe } from '../support/probe-host.ts';
import { Project } from '../support/project.ts';

test.for([
  ['sqlite', 'file is not a database'],
  ['filesystem', 'Let this user|ENOTDIR|EEXIST'],
])(
  'a component is not told where on this machine %s has its data, and the terminal is',
  async ([backend, reason]) => {
    await using project = await Project.create({ 'state/kv': 'no database '.repeat(1000) });
    const path = join(project.folder, 'state/kv');
    const args = [component('kv-probe', 'kv-probe-draft2'), '--backend', `${backend}:${path}`];
    await using kvasi = await KvasiDev.start(args);
    const answer = JSON.stringify(await callProbe(kvasi, 'get', { bucket: 'b', key: 'k' }));
    expect(answer).toMatch(new RegExp(reason ?? ''));
    expect(answer).not.toContain(project.folder);
    await kvasi.until(new RegExp(`failed.*${project.folder}|${project.folder}.*failed`));
  },
);
