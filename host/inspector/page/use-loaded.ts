import { useEffect, useState } from 'preact/hooks';
import { reasonText } from './format.ts';

/** Something that is being read. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly problem: string | undefined;
}

/** Reads when one of `inputs` changes; what was there stays until the new is. */
export function useLoaded<T>(load: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ value: undefined, problem: undefined });
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (value) => {
        if (isCurrent) setLoaded({ value, problem: undefined });
      },
      (error: unknown) => {
        if (isCurrent) setLoaded({ value: undefined, problem: reasonText(error) });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, inputs);
  return loaded;
}
