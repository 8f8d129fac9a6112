/** Why a component can't be given a variable as it is: its C library would cut it. */
export function whyNoVariable(name: string, value: string): string | undefined {
  if (name === '' || /[=\0]/.test(name)) {
    return `${JSON.stringify(name)} can't be the name of a variable. Expected one without "=" and the NUL character.`;
  }
  return value.includes('\0')
    ? `the value of ${name} has a NUL character in it; a variable can't hold it.`
    : undefined;
}
