import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openApi } from '../../host/inspector/api/openapi.ts';
import { openApiFile } from '../../host/inspector/api/openapi-file.ts';

test('docs/openapi.json says what the routes take and answer (npm run schema writes it)', async () => {
  expect(JSON.parse(await readFile(openApiFile, 'utf8'))).toEqual(await openApi());
});
