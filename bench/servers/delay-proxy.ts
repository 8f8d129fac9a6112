/** `node delay-proxy.js PORT TARGET_PORT MILLISECONDS`: passes TCP on, and brings what comes back later. */
import { connect, createServer } from 'node:net';

const [port, targetPort, delay] = process.argv.slice(2).map(Number);

createServer({ noDelay: true }, (client) => {
  const target = connect({ port: targetPort ?? 0, host: '127.0.0.1', noDelay: true });
  client.pipe(target);
  target.on('data', (chunk) => setTimeout(() => client.write(chunk), delay));
  target.on('end', () => setTimeout(() => client.end(), delay));
  for (const socket of [client, target]) {
    socket.on('error', () => {
      client.destroy();
      target.destroy();
    });
  }
}).listen(port, '127.0.0.1');
