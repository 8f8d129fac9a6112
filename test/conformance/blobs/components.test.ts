import { afterAll, beforeAll, describe, test } from 'vitest';
import { createHost } from '../../../host/index.ts';
import { BlobTrial } from '../../../host/interfaces/blobstore/conformance/case.ts';
import { blobCases } from '../../../host/interfaces/blobstore/conformance/cases.ts';
import { blobGuests, guestDriver } from '../../support/blob-guest-driver.ts';
import { blobPlaces } from '../../support/blob-stores.ts';

const guests = Object.keys(blobGuests) as readonly (keyof typeof blobGuests)[];
const combinations = Object.keys(blobPlaces).flatMap((place) =>
  guests.map((guest) => [place, guest] as const),
);

describe.each(combinations)('%s through %s', (backend, guest) => {
  const ends = new AsyncDisposableStack();
  let trial: BlobTrial;
  beforeAll(async () => {
    const place = ends.use(await startOf(backend));
    const { kind, seed: _, ...options } = place.settings;
    const host = ends.use(
      await createHost({ component: blobGuests[guest], blobstore: { backend: kind, ...options } }),
    );
    const { url } = await host.listen('127.0.0.1:0');
    trial = new BlobTrial(guestDriver((path, init) => fetch(new URL(path, url), init), guest));
  });
  afterAll(() => ends.disposeAsync());
  test.each(blobCases.filter(({ isLong }) => isLong !== true).map((item) => [item.name, item] as const))(
    '%s',
    async (_name, item) => {
      await item.run(trial);
    },
  );
});

function startOf(name: string) {
  const start = blobPlaces[name];
  if (start === undefined) throw new Error(`there is no backend ${name}`);
  return start();
}
