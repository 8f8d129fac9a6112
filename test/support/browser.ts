import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { isUnattended } from '../../host/testing/servers/found-backend.ts';

/** What Chromium is called on different systems. */
const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of an installed Chromium. Without one it says so, and throws in CI (`CI`). */
export function findChromium(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  const message = 'chromium is not found on PATH (apt install chromium, or brew install chromium)';
  if (isUnattended(process.env)) throw new Error(message);
  console.warn(`SKIPPED: ${message}; what needs it is not tested.`);
  return undefined;
}

export function launch(executablePath: string): Promise<Browser> {
  // Containers lack what the sandbox is made of; the only pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Everything that a page complains of: errors, and what its Content-Security-Policy has refused. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The browser notes every answer that is a refusal, such as that of a key that is gone.
    const isNote = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isNote) complaints.push(message.text());
  });
  return complaints;
}

/** Serious faults of accessibility that axe finds on the page as it is now. */
export async function accessibilityFaults(page: Page, axe: string): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: {
          run(): Promise<{
            violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      }
    ).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
      );
  });
}
