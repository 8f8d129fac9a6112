/** What a message of a server, of TLS or of the network means, and what to do; the first that fits counts. */
export type Advice = readonly (readonly [message: RegExp, advice: string])[];

/** Messages of TLS and of the network, whatever server is meant. */
export const commonAdvice: Advice = [
  [
    /self[- ]signed|unable to (verify|get local issuer)|certificate/i,
    'its certificate is not trusted: name a file with that of its authority in NODE_EXTRA_CA_CERTS',
  ],
];

/** The message, and behind a colon what it means. */
export function advised(message: string, advice: Advice): string {
  const meaning = advice.find(([pattern]) => pattern.test(message))?.[1];
  return meaning === undefined ? message : `${message.replace(/\.$/, '')}: ${meaning}`;
}
