/** A host of its own that only writes blobs, for tests that kill it: `node blob-writer.ts filesystem|sqlite <path> <number>|half` */
import { writeSync } from 'node:fs';
import { openBlobs } from './blob-stores.ts';
import { numberedBlob } from './numbered-blob.ts';

const [kind, path = '', number = '0'] = process.argv.slice(2);
const blobs = openBlobs({ kind: kind === 'sqlite' ? 'sqlite' : 'filesystem', path }, 10_000);
const store = await blobs.store();
if (!(await store.containerExists('c'))) await store.createContainer('c');
if (number === 'half') {
  const upload = await store.write({ container: 'c', object: 'half' });
  await upload.write(numberedBlob(0));
  writeSync(1, 'half\n');
  await new Promise(() => setInterval(() => upload, 1000));
}
for (let count = Number(number); ; count += 1) {
  const object = count % 3 === 0 ? `plain/${count % 5}` : `../escaped/${count % 5}`;
  const upload = await store.write({ container: 'c', object });
  await upload.write(numberedBlob(count));
  await upload.finish();
  // Not `console.log`: what was told has to be told when the process is killed right afterwards.
  writeSync(1, `${object} ${count}\n`);
}
