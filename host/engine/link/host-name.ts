/** Where the host has a function of WIT: free, or in a class. The names are those that jco gives. */
export interface HostName {
  readonly kind: 'function' | 'constructor' | 'method' | 'static';
  /** The class, for everything that is no free function. */
  readonly resource: string | undefined;
  /** The function's name; empty for a constructor. */
  readonly member: string;
}

/** Takes a name such as `[method]bucket.list-keys` apart. */
export function hostName(name: string): HostName {
  const [, kind, resource, member] = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(name) ?? [];
  if (kind === undefined || resource === undefined)
    return { kind: 'function', resource: undefined, member: camelCase(name) };
  return {
    kind: kind as 'constructor' | 'method' | 'static',
    resource: pascalCase(resource),
    member: camelCase(member ?? ''),
  };
}

/** A label of WIT as a name of JavaScript: `max-age` is `maxAge`. */
export function camelCase(label: string): string {
  return label.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** A label of WIT as the name of a class: `input-stream` is `InputStream`. */
export function pascalCase(label: string): string {
  const camel = camelCase(label);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
