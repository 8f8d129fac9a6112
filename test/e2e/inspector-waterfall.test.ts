import axe from 'axe-core';
import { expect, test } from 'vitest';
import type { RequestInfo, RequestList } from '../../host/inspector/api/schemas.ts';
import { accessibilityFaults, complaintsOf, findChromium, launch } from '../support/browser.ts';
import { InspectorClient } from '../support/inspector.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const chromium = findChromium();
const inner = encodeURIComponent('http://again.internal/hello');
const path = `/read?url=${encodeURIComponent(`http://again.internal/read?url=${inner}`)}`;

async function start() {
  const forward = component('outgoing/forward', 'forward');
  const text = [
    ...['workload: { allowedHosts: ["*.internal"], environment: { config: { JOB: "count runs" } } }', 'dev:'],
    `  components: [{ name: again, file: ${forward} }]`,
    `  schedules: [{ cron: "* * * * * *", name: every second, component: ${component('commands/tool', 'tool')} }]`,
  ];
  const project = await Project.create({ '.wash/config.yaml': text.join('\n') });
  const kvasi = await KvasiDev.start([forward, '--json'], { cwd: project.folder });
  const close = async (): Promise<void> => {
    await kvasi.stop();
    await project[Symbol.asyncDispose]();
  };
  return { kvasi, [Symbol.asyncDispose]: close };
}

/** The client of the inspector whose address `--json` tells. */
async function inspectorOf(kvasi: KvasiDev): Promise<InspectorClient> {
  return await InspectorClient.of(kvasi);
}

test('requests between components and scheduled runs are told with those of clients', async () => {
  await using started = await start();
  const { kvasi } = started;
  const inspector = await inspectorOf(kvasi);
  expect(await kvasi.text(path)).toMatch(/^200 /);
  const records = async (): Promise<readonly RequestInfo[]> =>
    ((await inspector.json('requests')) as RequestList).requests;
  await expect
    .poll(async () => (await records()).some(({ kind }) => kind === 'schedule'), { timeout: 20_000 })
    .toBe(true);
  const all = await records();
  const outer = all.find((one) => one.path === path);
  const child = all.find(({ parent }) => parent === outer?.id);
  expect(child).toMatchObject({ method: 'GET', authority: 'again.internal', path: `/read?url=${inner}` });
  expect(outer?.operations[0]).toMatchObject({ op: 'send', target: `http://again.internal${child?.path}` });
  expect(all.find(({ parent }) => parent === child?.id)).toMatchObject({ path: '/hello' });
  const run = all.find(({ kind }) => kind === 'schedule');
  expect(run).toMatchObject({ method: 'cron', path: 'every second', status: 200 });
  expect(run?.operations.length).toBeGreaterThan(0);
  const events = kvasi.stdout.split('\n').filter((line) => line.startsWith('{'));
  const told = events.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told).toContainEqual(
    expect.objectContaining({ event: 'request', request: child?.id, parent: outer?.id }),
  );
  expect(told).toContainEqual(expect.objectContaining({ event: 'scheduled', request: run?.id }));
});

test.skipIf(chromium === undefined)('the page shows what a request has led to as one waterfall', async () => {
  await using started = await start();
  const { kvasi } = started;
  const inspector = await inspectorOf(kvasi);
  await kvasi.text(path);
  const browser = await launch(chromium ?? '');
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
    page.setDefaultTimeout(45_000);
    const complaints = complaintsOf(page);
    await page.goto(`${inspector.link}`);
    await page.goto(`${inspector.url}/#/requests`);
    await page.getByRole('link', { name: /^200 GET \/read/ }).click();
    const detail = page.getByRole('region', { name: /^Request \d/ });
    await detail
      .getByRole('link', { name: `http://again.internal/read?url=${inner}`, exact: true })
      .waitFor();
    await detail.getByText('↳').waitFor();
    await detail.getByRole('link', { name: 'http://again.internal/hello' }).click();
    await detail.getByText('again.internal/hello').first().waitFor();
    await page.getByText('every second').first().waitFor();
    expect(await accessibilityFaults(page, axe.source)).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});
