const SECRET_NAME = /pass(word|wd|phrase)?$|pass(word|wd)|secret|token|credential|(api|private|access)_?key/i;

/** How long a value may be that is quoted. */
const longestQuote = 500;

/** What stands where a secret was. */
export const REDACTED = '***';

/** Whether a variable of this name holds something that shouldn't be shown. */
export function looksSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/**
 * Hides passwords and tokens in every URL of a text. Works on text that isn't a valid URL too, because that
 * is exactly what an error message quotes; a password with a raw slash is one such.
 */
export function redactUrls(text: string): string {
  const urls = text.includes('@') ? text.replaceAll(/\S+/g, redactWord) : text;
  return urls.replaceAll(/([?&])([^=&#\s]{1,200})=([^&#\s]*)/g, (all, mark: string, name: string) =>
    looksSecret(name) ? `${mark}${name}=${REDACTED}` : all,
  );
}

/** Several servers are separated by commas; each may have the scheme again. */
function redactWord(word: string): string {
  return word
    .split(/,(?=[a-z+]{1,20}:\/\/)/i)
    .map(redactServer)
    .join(',');
}

function redactServer(url: string): string {
  const start = url.indexOf('://') + 3;
  const end = url.lastIndexOf('@');
  const scheme = /[a-z][a-z\d+.-]*$/i.exec(url.slice(Math.max(0, start - 23), start - 3))?.[0];
  if (start < 3 || end < start || scheme === undefined) return url;
  const userinfo = url.slice(start, end);
  const colon = userinfo.indexOf(':');
  // NATS writes a token where others write the user.
  const shown =
    colon >= 0
      ? `${userinfo.slice(0, colon)}:${REDACTED}`
      : /^(nats|tls)$/i.test(scheme)
        ? REDACTED
        : userinfo;
  return url.slice(0, start) + shown + url.slice(end);
}

/** A given value the way a message quotes it: without secrets, and not at all where it is long. */
export function quoted(text: string): string {
  return text.length > longestQuote
    ? `a text of ${text.length} characters`
    : JSON.stringify(redactUrls(text));
}
