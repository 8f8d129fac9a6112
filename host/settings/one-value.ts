import { settle, strongest } from './choose.ts';
import { fileKey } from './file-key.ts';
import type { Kind } from './kind.ts';
import type { Flag, Setting } from './setting.ts';

interface OneValue<Name extends string, Value, Default, Given extends Flag> {
  readonly name: Name;
  /** One sentence, in Markdown. */
  readonly explanation: string;
  readonly kind: Kind<Value>;
  /** Its key in the configuration file. Default: the file can't say it. */
  readonly key?: string;
  /** Further keys, which count where the first one is absent, and what they mean. */
  readonly weakerKeys?: Readonly<Record<string, string>>;
  readonly variable?: string;
  readonly flag?: Given;
  readonly default: Default;
}

/** A setting that is one value, given as a piece of text or a number. */
export function oneValue<
  const Name extends string,
  Value,
  const Default extends NoInfer<Value> | undefined,
  const Given extends Flag = never,
>(
  definition: OneValue<Name, Value, Default, Given>,
): Setting<Name, Value | Default> & { readonly flag?: Given | undefined } {
  const { name, explanation, kind, key, weakerKeys = {}, variable, flag } = definition;
  const print = (value: Value | undefined) => (value === undefined ? undefined : kind.print(value));
  const printed = print(definition.default);
  const fallback = printed === undefined ? 'none' : `\`${printed}\``;
  const meanings = Object.entries(weakerKeys);
  const [weaker] = meanings.map(([weaker]) => `\`${weaker}\``);
  if (key !== undefined) meanings.unshift([key, `${explanation} Default: ${weaker ?? fallback}.`]);
  const keys = meanings.map(([key, meaning]) => fileKey(key, (parts) => kind.schema(parts, meaning)));
  const places = { keys, variable, flag };
  return {
    name,
    explanation,
    fallback,
    keys,
    variable,
    flag,
    words: kind.words,
    resolve: (sources) => settle(sources, name, strongest(sources, places), kind.parse) ?? definition.default,
    show: (value) => [[name, print(value)]],
  };
}
