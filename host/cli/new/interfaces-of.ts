/** A world with the comments and gates above it. */
const world = /^(?:(?:\/\/\/|@).*\n)*world [^{\n]*\{[\s\S]*?^\}\n*/gm;

/** A file of a WIT package without its worlds, so that it needs none of the packages that only these name. */
export function interfacesOf(wit: string): string {
  return wit.replace(world, '');
}
