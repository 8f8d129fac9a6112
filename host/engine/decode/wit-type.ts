/** The types of the component model, as a component's own binary declares them. */
export type WitType =
  | { readonly kind: PrimitiveKind }
  /** With a length where all lists of the type have as many entries, which lie in place. */
  | { readonly kind: 'list'; readonly of: WitType; readonly length?: number }
  | { readonly kind: 'option'; readonly of: WitType }
  | { readonly kind: 'result'; readonly ok: WitType | undefined; readonly err: WitType | undefined }
  | { readonly kind: 'record'; readonly fields: readonly NamedType[] }
  | { readonly kind: 'tuple'; readonly of: readonly WitType[] }
  | { readonly kind: 'variant'; readonly cases: readonly VariantCase[] }
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'flags'; readonly names: readonly string[] }
  | { readonly kind: 'own'; readonly resource: WitType }
  | { readonly kind: 'borrow'; readonly resource: WitType }
  | { readonly kind: 'resource' }
  | { readonly kind: 'stream' | 'future'; readonly of: WitType | undefined }
  | { readonly kind: 'map'; readonly key: WitType; readonly value: WitType };

export type PrimitiveKind =
  | 'bool'
  | 's8'
  | 'u8'
  | 's16'
  | 'u16'
  | 's32'
  | 'u32'
  | 's64'
  | 'u64'
  | 'f32'
  | 'f64'
  | 'char'
  | 'string'
  | 'error-context';

export interface NamedType {
  readonly name: string;
  readonly type: WitType;
}

export interface VariantCase {
  readonly name: string;
  readonly type: WitType | undefined;
}

/** A function of an interface; methods carry their WIT names, such as `[method]bucket.get`. */
export interface FunctionType {
  readonly isAsync: boolean;
  readonly params: readonly NamedType[];
  readonly result: WitType | undefined;
}

/** An interface that a component imports or exports, with the shapes that it was built against. */
export interface InterfaceDescription {
  /** Name with version as written in the component: `docs:adder/add@0.1.0`. */
  readonly name: string;
  /** The name of the import where that is one of its own: `cache` may stand for `demo:store/buckets@0.1.0`. */
  readonly label?: string;
  readonly functions: ReadonlyMap<string, FunctionType>;
  readonly types: ReadonlyMap<string, WitType>;
}
