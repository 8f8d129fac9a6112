/** Throws for text that is no well-formed XML, as far as reports use it: elements, attributes, text, entities. */
export function assertWellFormed(xml: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const forbidden = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u.exec(xml);
  if (forbidden !== null) throw new Error(`a character that XML does not have, at ${forbidden.index}`);
  const open: string[] = [];
  const text = '(?:[^<>&]|&(?:amp|lt|gt|quot);)*';
  const token = new RegExp(
    `<(/?)([a-z]+)((?: [a-z]+="${text.replace('<>&', '<>&"')}")*)(/?)>|${text.replace(')*', ')+')}`,
    'y',
  );
  const body = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '');
  for (token.lastIndex = 0; token.lastIndex < body.length; ) {
    const at = token.lastIndex;
    const [, isEnd, name, , isEmpty] = token.exec(body) ?? [''];
    if (token.lastIndex <= at) throw new Error(`no XML: ${body.slice(at, at + 80)}`);
    if (name === undefined) continue;
    if (isEnd === '/' && open.pop() !== name) throw new Error(`</${name}> ends what was not begun`);
    if (isEnd !== '/' && isEmpty !== '/') open.push(name);
  }
  if (open.length > 0) throw new Error(`not ended: ${open.join(', ')}`);
}
