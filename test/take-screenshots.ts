/**
 * Takes the pictures of docs/images anew: `node test/take-screenshots.ts`. It starts a `kvasi dev` of its own, fills
 * its buckets, sends it requests, and needs Chromium.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findChromium, launch } from './support/browser.ts';
import { InspectorClient } from './support/inspector.ts';
import { component, KvasiDev, root } from './support/kvasi-process.ts';
import { Project } from './support/project.ts';

const folder = join(root, 'docs', 'images');
const configuration = `dev:
  keyvalue:
    carts: { backend: filesystem, path: files }
    sessions: { backend: sqlite, path: kv.db, ttl: 30m }
    secrets: deny
`;
const wide = { width: 1180, height: 720 };
const phone = { width: 390, height: 760 };

function cart(number: number): string {
  const items = [
    { name: 'Tea', price: 4.9, count: 1 + (number % 3) },
    { name: 'Mug', price: 12, count: 1 },
  ];
  return JSON.stringify({ customer: `user/${number}`, items, gift: number % 2 === 0 });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function fill(kvasi: KvasiDev, inspector: InspectorClient): Promise<void> {
  const numbers = Array.from({ length: 240 }, (_, index) => index + 100);
  await inspector.import(
    'carts',
    numbers.map((number) => [`cart/${number}`, cart(number)] as const),
  );
  await inspector.import(
    'sessions',
    numbers.map((number) => [`session/${number * 7919}`, `user/${number}`] as const),
  );
  await inspector.import('in_memory', [['greeting', 'hello']]);
  const send = (operations: readonly object[]) =>
    kvasi.text('/sequence', { method: 'POST', body: JSON.stringify(operations) });
  for (let round = 0; round < 40; round += 1) {
    const number = 100 + round;
    await send([
      { operation: 'get', bucket: 'sessions', key: `session/${number * (round % 4 === 0 ? 1 : 7919)}` },
      { operation: 'get', bucket: 'carts', key: `cart/${number}` },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 20 + 15 * (round % 9)));
  }
  await kvasi.text('/get', { method: 'POST', body: '{"bucket":"secrets","key":"a"}' });
  await kvasi.text('/nothing', { method: 'POST', body: '{}' });
  await send([
    { operation: 'get', bucket: 'sessions', key: `session/${112 * 7919}` },
    { operation: 'get-many', bucket: 'carts', keys: ['cart/112', 'cart/113', 'cart/114'] },
    { operation: 'exists', bucket: 'carts', key: 'cart/9' },
    { operation: 'set', bucket: 'carts', key: 'cart/112', value: base64(cart(112)) },
    { operation: 'increment', bucket: 'in_memory', key: 'visits', delta: '1' },
    { operation: 'set', bucket: 'sessions', key: `session/${112 * 7919}`, value: base64('user/112') },
    { operation: 'delete', bucket: 'carts', key: 'cart/9' },
    { operation: 'list-keys', bucket: 'carts' },
  ]);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(600);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

const chromium = findChromium();
if (chromium === undefined) process.exit(1);
await mkdir(folder, { recursive: true });
await using project = await Project.create({ '.wash/config.yaml': configuration });
await using kvasi = await KvasiDev.start([component('kv-probe', 'kv-probe-draft2')], { cwd: project.folder });
const inspector = await InspectorClient.of(kvasi);
await fill(kvasi, inspector);
const browser = await launch(chromium);
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: wide, colorScheme });
  await page.goto(inspector.link);
  await page.goto(`${inspector.url}/#/buckets?bucket=carts&key=cart%2F112`);
  await picture(page, `inspector-buckets-${colorScheme}`);
  await page.goto(`${inspector.url}/#/requests`);
  await page.getByRole('link', { name: '/sequence' }).first().click();
  await picture(page, `inspector-requests-${colorScheme}`);
  await page.close();
}
const page = await browser.newPage({ viewport: wide, colorScheme: 'light' });
await page.goto(inspector.link);
await page.goto(`${inspector.url}/#/send`);
await page.getByLabel('Method').selectOption('POST');
await page.getByLabel('Path').fill('/increment');
await page.getByLabel('Body').fill('{"bucket": "in_memory", "key": "visits", "delta": "1"}');
await page.getByRole('button', { name: 'Send' }).click();
await picture(page, 'inspector-send');
await page.setViewportSize(phone);
await page.goto(`${inspector.url}/#/requests?request=43`);
await picture(page, 'inspector-phone');
await page.goto(inspector.url);
const timing = await page.evaluate('JSON.stringify(performance.getEntriesByType("navigation")[0])');
console.log('loaded in', (JSON.parse(String(timing)) as { loadEventEnd: number }).loadEventEnd, 'ms');
await browser.close();
