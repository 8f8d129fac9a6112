import { HostError } from '../shared/host-error.ts';
import { readText } from '../shared/read-text.ts';
import { ReplacedFile } from '../terminal/replaced-file.ts';

/** The largest file that is compared, in bytes. */
const largest = 64 * 1024 * 1024;

/**
 * Puts a text into a file, all of it or nothing. A link stays one, and rights stay as they are.
 * @param name the file for people
 * @param before what the file says so far; `undefined`: it is not there
 * @throws {HostError} where somebody else has changed the file, which is left as it is then, and where it can't be written
 */
export async function replaceText(
  path: string,
  name: string,
  text: string,
  before: string | undefined,
): Promise<void> {
  await using file = await ReplacedFile.create(path, name);
  file.stream.write(text);
  await file.finish(async () => {
    const now = await readText(path, name, '', largest).catch(() => undefined);
    if (now === before) return;
    throw new HostError(
      'config',
      `${name} was changed by somebody else in the meantime, so it is left as it is. Run kvasi again.`,
    );
  });
}
