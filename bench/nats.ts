import { isInstalled, natsServer, Server } from '../test/support/server.ts';

export const isNatsInstalled = (): Promise<boolean> => isInstalled(natsServer);

/** The URL of a NATS server of our own, with JetStream. */
export async function startNats(owner: AsyncDisposableStack): Promise<string> {
  const { port } = owner.use(await Server.start(natsServer));
  return `nats://127.0.0.1:${port}`;
}
