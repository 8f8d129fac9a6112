import { importOperations } from '../../interfaces/imports/operations.ts';

/** What faults of imports that modules serve can say, as those of keys are described in `fault-spec.ts`. */
export const importFaults = {
  interface: importOperations.interface,
  names: ['call'],
  isName: (name: unknown): name is 'call' => name === 'call',
  itemless: [],
  /** What the function's type has: it is not known here. */
  errors: undefined,
  target: 'import',
  item: 'function',
} as const;

/** Whether a fault is about imports that modules serve: it names one, a function or the operation. */
export function isAboutImports({ op, ...fault }: Readonly<Record<string, unknown>>): boolean {
  const [first]: readonly unknown[] = Array.isArray(op) ? op : [op];
  return fault.import !== undefined || fault.function !== undefined || importFaults.isName(first);
}
