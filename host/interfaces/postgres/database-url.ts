/** The URL of another database of the same servers. @param url with as many servers as there are */
export function withDatabase(url: string, database: string): string {
  const [, start = url, , parameters = ''] = /^(\w+:\/\/(?:.*@)?[^/?]*)(\/[^?]*)?(\?.*)?$/s.exec(url) ?? [];
  return `${start}/${encodeURIComponent(database)}${parameters}`;
}
