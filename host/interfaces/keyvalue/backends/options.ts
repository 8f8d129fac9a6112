import type { BackendDefinition } from './definition.ts';

/** An option that a backend does not take as it is. */
interface OptionProblem {
  /** The keys that lead to it; none for the options as a whole. */
  readonly keys: readonly (string | number)[];
  readonly message: string;
}

/** Options as the backend's own schema lets them through, or what it says against them. */
export type CheckedOptions = { readonly value: unknown } | { readonly problems: readonly OptionProblem[] };

export async function checkOptions(
  { options: schema }: BackendDefinition<unknown>,
  given: unknown,
): Promise<CheckedOptions> {
  const result = await schema['~standard'].validate(given);
  if (result.issues === undefined) return { value: result.value };
  const problems = result.issues.map(({ message, path = [] }) => ({
    keys: path.map((part) => plainKey(typeof part === 'object' ? part.key : part)),
    message,
  }));
  return { problems };
}

function plainKey(key: PropertyKey): string | number {
  return typeof key === 'symbol' ? String(key) : key;
}
