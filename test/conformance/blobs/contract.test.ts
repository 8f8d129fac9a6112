import { afterAll, beforeAll, describe, test } from 'vitest';
import { BlobTrial } from '../../../host/interfaces/blobstore/conformance/case.ts';
import { blobCases } from '../../../host/interfaces/blobstore/conformance/cases.ts';
import { directDriver } from '../../../host/interfaces/blobstore/conformance/driver.ts';
import { blobPlaces, openBlobs } from '../../support/blob-stores.ts';

describe.each(Object.entries(blobPlaces))('%s', (_, start) => {
  const ends = new AsyncDisposableStack();
  let trial: BlobTrial;
  beforeAll(async () => {
    const place = ends.use(await start());
    const blobs = openBlobs(place.settings);
    ends.defer(() => blobs.close());
    trial = new BlobTrial(directDriver(await blobs.store()));
  });
  afterAll(() => ends.disposeAsync());
  test.each(blobCases.map((item) => [item.name, item] as const))('%s', async (_name, item) => {
    await item.run(trial);
  });
});
