/** The name of an interface without its version: `docs:adder/add` of `docs:adder/add@0.1.0`. */
export function withoutVersion(name: string): string {
  const at = name.lastIndexOf('@');
  return at < 0 ? name : name.slice(0, at);
}
