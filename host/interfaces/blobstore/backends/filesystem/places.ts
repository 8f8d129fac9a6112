import { join } from 'node:path';
import { hashOf, isPlain, type NameRules, ownFolder } from '../../../keyvalue/backends/filesystem/names.ts';

/** The longest path of an object below its container that is a path of files, in bytes: the system takes 4096 in all. */
const longestPlain = 2000;

/** How deep it may lie: each folder is flushed to the disk when it is made. */
const mostFolders = 32;

/** Where a container is. */
export interface ContainerPlace {
  /** The folder that is there as long as the container is, and goes with it at once. */
  readonly folder: string;
  /** The folder of its objects, in `folder` or the same. */
  readonly objects: string;
  /** Of a container whose name can't be that of a folder: the file that has it. */
  readonly nameFile: string | undefined;
}

/** Where an object is. */
export interface ObjectPlace {
  /** A file that holds the object and nothing else, as wash's files do; undefined where the name can't be that of a file. */
  readonly plain: string | undefined;
  /** A file that has the name in front, for names that can't be those of files, or that of a folder of another object. */
  readonly escaped: string;
}

/** The folder that has the containers whose names can't be those of folders. */
export function escapedContainers(root: string): string {
  return join(root, ownFolder, 'containers');
}

/** The folder in a container that has what is not under its own name. */
export function escapedObjects(objects: string): string {
  return join(objects, ownFolder);
}

export function containerPlace(root: string, name: string, rules: NameRules): ContainerPlace {
  if (isPlain(name, rules)) {
    const folder = join(root, name);
    return { folder, objects: folder, nameFile: undefined };
  }
  const folder = join(escapedContainers(root), hashOf(name));
  return { folder, objects: join(folder, 'objects'), nameFile: join(folder, 'name') };
}

export function objectPlace(objects: string, name: string, rules: NameRules): ObjectPlace {
  return {
    plain: isPlainPath(name, rules) ? join(objects, ...name.split('/')) : undefined,
    escaped: join(escapedObjects(objects), hashOf(name)),
  };
}

/** Whether a name is a path of files as it is, each part of which names one file and no other. */
export function isPlainPath(name: string, rules: NameRules): boolean {
  const parts = name.split('/');
  return (
    parts.length <= mostFolders &&
    Buffer.byteLength(name) <= longestPlain &&
    parts.every((part) => isPlain(part, rules))
  );
}

/** What stands in front of an object in an escaped file: the length of its name in 4 bytes, and the name. */
export function headOf(name: string): Uint8Array {
  const bytes = Buffer.from(name);
  const head = Buffer.alloc(4 + bytes.length);
  head.writeUInt32BE(bytes.length);
  bytes.copy(head, 4);
  return head;
}
