import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One request on a connection of its own: none that a server has meanwhile closed is used again. */
export function ask(url: string, method: 'GET' | 'POST' = 'GET', body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const message = request(url, { method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.once('error', reject);
    });
    message.once('error', reject);
    message.end(body);
  });
}

/** The same, where only success will do. */
export async function askFor(url: string, method?: 'GET' | 'POST', body?: string | Buffer): Promise<Buffer> {
  const answer = await ask(url, method, body);
  if (answer.status !== 200) {
    throw new Error(
      `${method ?? 'GET'} ${url} answers ${answer.status} ${answer.body.toString().slice(0, 200)}`,
    );
  }
  return answer.body;
}
