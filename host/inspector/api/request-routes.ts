import type { Route } from '../../interfaces/inspector-part.ts';
import type { InspectedHost } from './inspected-host.ts';
import { requestInfo } from './request-info.ts';
import { json, route } from './route.ts';
import { requestList, sendAnswer, sendBody } from './schemas.ts';
import { sendToComponent } from './send-to-component.ts';

export const requestRoutes: readonly Route<InspectedHost>[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/requests',
      summary: 'The last requests, the oldest first, at most 1000.',
      answer: requestList,
    },
    ({ host }) => json(requestList, { requests: host.requests.records.map(requestInfo) }),
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/events',
      summary:
        'Requests as they end: server-sent events `requests`, each with what `/api/v1/requests` answers and, in `missed`, how many were left out because there were too many.',
      answer: 'text/event-stream',
    },
    ({ host }) => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
      body: (response) => host.events.follow(response),
    }),
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/send',
      summary: 'Sends a request to the component, and answers its answer and the operations that it made.',
      body: sendBody,
      answer: sendAnswer,
      refusals: { 502: 'The component closed the connection without an answer.' },
    },
    async ({ host, body, signal }) => json(sendAnswer, await sendToComponent(host, body, signal)),
  ),
];
