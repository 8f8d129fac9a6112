import { reasonOf } from '../../../shared/host-error.ts';
import { connectBackend } from '../connect-backend.ts';
import { LocalPeer } from './peer.ts';
import type { PeerAnswer, PeerRequest } from './peer-process.ts';

/** The entry of a host in a process of its own; it ends with the process that it was started by. */
let peer: LocalPeer | undefined;

process.on('disconnect', () => process.exit());
// Ctrl-C reaches this process as well, and is answered by the one that started it.
process.on('SIGINT', () => {});
process.on('message', async (request: PeerRequest) => {
  const answer = await answerTo(request).catch((error: unknown) => ({ failure: reasonOf(error) }));
  process.send?.(answer satisfies PeerAnswer);
});

async function answerTo(request: PeerRequest): Promise<PeerAnswer> {
  if (request.task === 'connect') {
    const context = { now: Date.now, operationTimeout: 5000, tell: () => {} };
    peer = new LocalPeer(await connectBackend(request.settings, context));
    return { history: [] };
  }
  if (peer === undefined) throw new Error('the other host was never connected');
  if (request.task === 'play') {
    return { history: await peer.play(request.bucket, request.clients, request.type) };
  }
  await peer.add(request.bucket, request.work);
  return { history: [] };
}
