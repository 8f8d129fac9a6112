/** The refusals that the WIT of `wasi:keyvalue` knows for an identifier. */
export const REFUSALS = ['deny', 'no-such-store'] as const;
export type Refusal = (typeof REFUSALS)[number];

export function isRefusal(text: string): text is Refusal {
  return (REFUSALS as readonly string[]).includes(text);
}
