import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blobGuests } from '../support/blob-guest-driver.ts';
import { accessibilityFaults, complaintsOf, findChromium, launch } from '../support/browser.ts';
import { InspectorClient } from '../support/inspector.ts';
import { KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const chromium = findChromium();

describe.skipIf(chromium === undefined)('the page of blobs in a real browser', () => {
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
    kvasi = await KvasiDev.start([blobGuests['wasi:blobstore']], { cwd: project.folder });
    inspector = await InspectorClient.of(kvasi);
    page = await browser.newPage({ viewport: { width: 1280, height: 760 }, acceptDownloads: true });
    page.setDefaultTimeout(15_000);
    complaints = complaintsOf(page);
  });

  afterEach(async () => {
    await page.close();
    await kvasi[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
    expect(complaints).toEqual([]);
  });

  const ask = (path: string, body?: string) =>
    kvasi.text(path, body === undefined ? {} : { method: 'POST', body });

  test('a component’s blobs are listed, previewed, downloaded, replaced and deleted', async () => {
    await ask('/create-container?container=docs');
    await ask('/write-data?container=docs&object=a/b.json', '{"n":1}');
    await page.goto(inspector.link);
    await page.getByRole('link', { name: 'Blobs' }).click();
    await page.getByRole('link', { name: 'a/b.json' }).click();
    const panel = page.getByRole('region', { name: 'Object a/b.json' });
    await panel.getByText('7 bytes').waitFor();
    await panel.getByText('"n"').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('b.json');
    expect(await readFile(await download.path(), 'utf8')).toBe('{"n":1}');
    expect(await accessibilityFaults(page, axe.source)).toEqual([]);
    await ask('/write-data?container=docs&object=a/b.json', 'changed by the component');
    await panel.getByText('changed by the component').waitFor();
    await page.getByLabel('File with the new bytes').setInputFiles({
      name: 'x',
      mimeType: 'text/plain',
      buffer: Buffer.from('of a file'),
    });
    await panel.getByText('of a file').waitFor();
    expect(await ask('/get-data?container=docs&object=a/b.json')).toBe('of a file');
    await panel.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No objects yet.').waitFor();
    expect(await ask('/has-object?container=docs&object=a/b.json')).toBe('false');
  });

  test('a container is made, gets a file, and goes', async () => {
    await page.goto(inspector.link);
    await page.getByRole('link', { name: 'Blobs' }).click();
    await page.getByLabel('Make another').fill('new one');
    await page.getByRole('button', { name: 'Make' }).click();
    await page.getByText('No objects yet.').waitFor();
    await page
      .getByLabel('File to add')
      .setInputFiles({ name: 'logo.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
    await page.getByRole('region', { name: 'Object logo.txt' }).getByText('hello').waitFor();
    expect(await ask('/get-data?container=new+one&object=logo.txt')).toBe('hello');
    await page
      .getByRole('region', { name: 'Objects of new one' })
      .getByRole('button', { name: 'Delete' })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No container yet.').waitFor();
    expect(await ask('/container-exists?container=new+one')).toBe('false');
  });
});
