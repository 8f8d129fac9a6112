import type { BlobCase } from './case.ts';
import { containerCases } from './container-cases.ts';
import { nameCases } from './name-cases.ts';
import { objectCases } from './object-cases.ts';
import { transferCases } from './transfer-cases.ts';

/** What every backend does alike. */
export const blobCases: readonly BlobCase[] = [
  ...containerCases,
  ...objectCases,
  ...nameCases,
  ...transferCases,
];
