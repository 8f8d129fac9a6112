import { type Advice, commonAdvice } from '../server-advice.ts';

/** What messages of NATS mean. */
export const natsAdvice: Advice = [
  [
    /authorization|authentication/i,
    'the user, password or token in the URL is missing or wrong: write nats://user:password@host',
  ],
  [
    /^no connection after/,
    'is the address right, does the server run, and does it speak TLS (tls://) or not (nats://)?',
  ],
  [/jetstream (is )?not (been )?enabled/i, 'start it with JetStream: nats-server -js'],
  [/^timeout$/i, 'what answers there does not greet as NATS does: is the port right?'],
  [
    /does not support 'tls'|wrong version number|EPROTO/,
    'it does not speak TLS: write nats:// in place of tls://',
  ],
  [
    /insufficient (storage|resources|memory)|resource limits exceeded/i,
    'its storage is full: raise the limit, or remove keys',
  ],
  [/maximum (messages|bytes)/, 'the stream of the bucket is full: raise its limit, or remove keys'],
  ...commonAdvice,
];
