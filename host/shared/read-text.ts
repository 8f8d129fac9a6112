import { fileReason } from './file-reason.ts';
import { HostError } from './host-error.ts';
import { readPlainFile } from './plain-file.ts';

/**
 * Reads a text file.
 * @param name the file for people
 * @param advice what to do where there is no such file
 * @param most bytes that it may have
 * @throws {HostError} `config`, where it can't be read or is not UTF-8
 */
export async function readText(path: string, name: string, advice: string, most: number): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readPlainFile(path, most);
  } catch (error) {
    throw new HostError('config', `${name} ${fileReason(error)}. ${advice}`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new HostError('config', `${name} is not UTF-8 text. Save it as UTF-8.`, { cause: error });
  }
}
