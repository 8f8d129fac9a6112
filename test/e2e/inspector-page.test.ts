import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessibilityFaults, complaintsOf, findChromium, launch } from '../support/browser.ts';
import { InspectorClient } from '../support/inspector.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const chromium = findChromium();
const bucket = 'in_memory';
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe.skipIf(chromium === undefined)('the page in a real browser', () => {
  let browser: Browser;
  let project: Project;
  let kvasi: KvasiDev;
  let inspector: InspectorClient;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launch(chromium ?? '');
    return () => browser.close();
  });

  beforeEach(async () => {
    project = await Project.create();
    kvasi = await KvasiDev.start([component('http-kv-handler')], { cwd: project.folder });
    inspector = await InspectorClient.of(kvasi);
    page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
    page.setDefaultTimeout(45_000);
    complaints = complaintsOf(page);
  });

  afterEach(async () => {
    await page.close();
    await kvasi[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
    expect(complaints).toEqual([]);
  });

  const store = (key: string, value: string) =>
    kvasi.text('/', { method: 'POST', body: JSON.stringify({ key, value }) });
  const keys = () => page.getByRole('listbox', { name: 'Keys' });
  const option = (name: string) => keys().getByRole('option', { name, exact: true });
  const open = async (path = '') => {
    await page.goto(inspector.link);
    if (path !== '') await page.goto(`${inspector.url}/${path}`);
  };

  test('10,000 keys are browsed by scrolling and by keyboard, and searched by prefix', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `key/${String(index).padStart(5, '0')}`);
    await inspector.import(
      bucket,
      names.map((name) => [name, `value of ${name}`] as const),
    );
    await open(`#/buckets?bucket=${bucket}`);
    await option('key/00000').waitFor();
    expect(await keys().getByRole('option').count(), 'only what is seen is drawn').toBeLessThan(200);
    await keys().focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText('value of key/00000').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByText('value of key/00001').waitFor();
    for (let round = 0; !(await option('key/09999').isVisible()); round += 1) {
      expect(round, 'the end comes').toBeLessThan(100);
      await keys().evaluate((list) => list.scrollTo(0, list.scrollHeight));
      await page.waitForTimeout(50);
    }
    await page.getByText('10,000 keys').waitFor();
    await keys().press('End');
    await page.getByText('value of key/09999').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('key/0777');
    await page.getByText('10 keys', { exact: true }).waitFor();
    await option('key/07775').click();
    await page.getByText('value of key/07775').waitFor();
    await page.getByRole('searchbox').fill('nothing');
    await page.getByText('No key begins with').waitFor();
  });

  test('a value is edited, and the component serves it', async () => {
    await store('greeting', 'hello');
    await open();
    await option('greeting').click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Value' }).fill('hello from the inspector');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    expect(await kvasi.text('/?key=greeting')).toBe(`[${bucket}] hello from the inspector\n`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await store('greeting', 'theirs');
    await page.getByRole('textbox', { name: 'Value' }).fill('mine');
    await page.keyboard.press('Control+Enter');
    await page.getByText('was written by somebody else meanwhile').waitFor();
    expect(await kvasi.text('/?key=greeting'), 'nothing is overwritten unseen').toContain('theirs');
  });

  test('a key is added, renamed, and deleted once that is confirmed', async () => {
    await store('first', '1');
    await open();
    await option('first').waitFor();
    await page.getByRole('button', { name: 'Add key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Key').fill('first');
    await dialog.getByLabel('Value').fill('2');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByText("there is a key 'first' already").waitFor();
    await dialog.getByLabel('Key').fill('second');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await option('second').waitFor();
    await page.getByRole('button', { name: 'Rename' }).click();
    await dialog.getByLabel('New key').fill('third');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await option('third').waitFor();
    expect(await inspector.keys(bucket)).toEqual(['first', 'third']);
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await inspector.keys(bucket), 'Escape deletes nothing').toEqual(['first', 'third']);
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await option('third').waitFor({ state: 'detached' });
    expect(await inspector.keys(bucket)).toEqual(['first']);
  });

  test('a file is imported, and exported as it was', async () => {
    const lines = '{"key":"a","value":"1"}\n{"key":"b","base64":"AAE="}\n';
    await open(`#/buckets?bucket=${bucket}`);
    const file = { name: 'entries.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(lines) };
    await page.getByLabel('JSON Lines file to import').setInputFiles(file);
    await page.getByText('2 keys imported from entries.jsonl').waitFor();
    await option('a').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toBe(lines);
    const broken = { ...file, name: 'broken.jsonl', buffer: Buffer.from('no json') };
    await page.getByLabel('JSON Lines file to import').setInputFiles(broken);
    await page.getByText('broken.jsonl: line 1 is not JSON').waitFor();
  });

  test('values are shown as what they are', async () => {
    const put = (key: string, body: string | Uint8Array<ArrayBuffer>) =>
      inspector.fetch('value', { bucket, key }, { method: 'PUT', body });
    await put('image', png);
    await put('json', '{"a":[1,true]}');
    await put('bytes', Uint8Array.of(0, 255, 65));
    await open(`#/buckets?bucket=${bucket}`);
    await option('image').click();
    const image = page.getByAltText('The value as an image');
    await image.waitFor();
    await expect
      .poll(() => image.evaluate((element: { naturalWidth?: number }) => element.naturalWidth))
      .toBe(1);
    await option('json').click();
    await page.getByText('"a": [').waitFor();
    await page.getByRole('button', { name: 'Text' }).click();
    await page.getByText('{"a":[1,true]}').waitFor();
    await option('bytes').click();
    await page.getByText('00000000  00 ff 41').waitFor();
    expect(await page.getByRole('button', { name: 'Edit' }).count(), 'bytes are no text to edit').toBe(0);
  });

  test('a request appears with its waterfall, is filtered, and leads to its key and back', async () => {
    await open('#/requests');
    await page.getByText('No requests yet').waitFor();
    await store('mykey', 'v');
    await kvasi.text('/?key=missing');
    await page.getByRole('link', { name: 'GET /?key=missing' }).click();
    const detail = page.getByRole('region', { name: /^Request \d/ });
    await detail.getByRole('row', { name: /get in_memory\/missing miss/ }).waitFor();
    expect(await detail.locator('rect.bar').count()).toBe(2);
    await page.getByLabel('Errors only').check();
    await page.getByText('1 of the last 2 requests').waitFor();
    await page.getByLabel('Errors only').uncheck();
    await page.getByRole('searchbox', { name: 'Path' }).fill('post');
    await page.getByRole('link', { name: 'POST /' }).click();
    await detail.getByRole('link', { name: 'in_memory/mykey' }).click();
    await option('mykey').waitFor();
    await page
      .getByRole('region', { name: 'Value of mykey' })
      .getByRole('link', { name: 'Requests' })
      .click();
    await page.getByText('1 of the last 2 requests').waitFor();
    await page.getByText('0 hits · 0 misses').waitFor();
  });

  test('the form sends a request and shows the answer beside its operations', async () => {
    await open('#/send');
    await page.getByLabel('Method').selectOption('POST');
    await page.getByLabel('Body').fill('{"key":"sent","value":"ü"}');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText("[in_memory] Stored 'sent'").waitFor();
    await page.getByRole('row', { name: /set in_memory\/sent 2 B/ }).waitFor();
    expect(await kvasi.text('/?key=sent')).toContain('ü');
  });

  test('imports and settings are told', async () => {
    await open('#/component');
    await page.getByRole('rowheader', { name: /wasi:keyvalue\/store@/ }).waitFor();
    await page.getByRole('rowheader', { name: 'requestTimeout' }).waitFor();
  });

  test('without the token one can read, and is told what writing needs', async () => {
    await store('mykey', 'v');
    await page.goto(`${inspector.url}/#/buckets?bucket=${bucket}&key=mykey`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('this needs the token').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel(/paste the link or token/).fill(inspector.link);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await option('mykey').waitFor({ state: 'detached' });
    expect(await inspector.keys(bucket)).toEqual([]);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${colorScheme}: axe finds no serious fault on any page, wide or narrow`, {
      timeout: 120_000,
    }, async () => {
      await page.emulateMedia({ colorScheme });
      await store('user/1', '{"name":"Ada","visits":3}');
      await kvasi.text('/?key=missing');
      await open();
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of [
          `#/buckets?bucket=${bucket}&key=user%2F1`,
          '#/requests?request=2',
          '#/send',
          '#/component',
        ]) {
          await page.goto(`${inspector.url}/${path}`);
          await page.getByText('live', { exact: true }).waitFor();
          await page.getByRole('main').waitFor();
          await page.waitForTimeout(300);
          expect(await accessibilityFaults(page, axe.source)).toEqual([]);
          const isTooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
          expect(isTooWide, `${path} scrolls sideways at ${width}`).toBe(false);
        }
        await page.goto(`${inspector.url}/#/buckets?bucket=${bucket}`);
        await page.getByRole('button', { name: 'Add key' }).click();
        await page.getByRole('dialog').waitFor();
        expect(await accessibilityFaults(page, axe.source)).toEqual([]);
        await page.keyboard.press('Escape');
      }
    });
  }
});
