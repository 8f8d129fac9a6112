const SECRET_NAME = /pass(word|wd|phrase)?$|pass(word|wd)|secret|token|credential|(api|private|access)_?key/i;

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
  return text
    .replaceAll(
      /(\b[a-z][a-z\d+.-]*:\/\/)((?:(?!,[a-z+]+:\/\/)\S)*)@/gi,
      (_, scheme: string, userinfo: string) => {
        const colon = userinfo.indexOf(':');
        // NATS writes a token where others write the user.
        if (colon < 0) return `${scheme}${/^(nats|tls):/i.test(scheme) ? REDACTED : userinfo}@`;
        return `${scheme}${userinfo.slice(0, colon)}:${REDACTED}@`;
      },
    )
    .replaceAll(/([?&])([^=&#\s]+)=([^&#\s]*)/g, (all, mark: string, name: string) =>
      looksSecret(name) ? `${mark}${name}=${REDACTED}` : all,
    );
}
