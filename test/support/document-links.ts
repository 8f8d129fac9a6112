/** What a document in Markdown links to within its own repository or package. */
export interface DocumentLink {
  /** Relative to the document's folder; empty for a place in the document itself. */
  readonly path: string;
  /** The heading, as GitHub and npm name it; undefined for the whole. */
  readonly anchor: string | undefined;
}

/** The links and pictures of a document that are no URLs. */
export function linksOf(markdown: string): DocumentLink[] {
  const links = [...prose(markdown).matchAll(/\]\(<?([^)>\s]+)>?(?: "[^"]*")?\)/g)].map(
    ([, target = '']) => target,
  );
  return links
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { path, anchor };
    });
}

/** The anchors of a document's headings. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(markdown).matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const name = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Without blocks and spans of code. */
function prose(markdown: string): string {
  return markdown
    .replaceAll(/^(```|~~~).*?^\1$/gms, '')
    .replaceAll(/^ {4}.*$/gm, '')
    .replaceAll(/`[^`\n]+`/g, (code) => code.replaceAll(/[[\]()]/g, ''));
}
