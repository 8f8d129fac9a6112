import { path, required, text } from '../../../settings/schema/schema-parts.ts';

/** Where blobs are, as it is written. */
export const blobEntries = {
  backend: required(text('`in_memory`, `filesystem`, `sqlite` or `nats`.')),
  url: text('Server, for `nats`. Default: the one of `dev.data_nats_url`, else this machine.'),
  path: path(
    'Folder for `filesystem`, file for `sqlite`. Default: `dev.wasi_blobstore_path`, else `.kvasi/state/blobs`; `.kvasi/state/blobs.db`.',
  ),
  seed: path(
    'Folder of containers, each a folder of objects, that fills the store when `kvasi dev` starts and the store is empty. Default: none.',
  ),
};
