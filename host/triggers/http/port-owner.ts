import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The process that listens on a TCP port, as `name (pid 123)`, where that can be known. */
export async function ownerOfPort(port: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await ownerOnLinux(port) : await ownerByLsof(port);
  } catch {
    return undefined;
  }
}

/** `/proc/net/tcp` names the socket's inode, and the owner has a file descriptor of that name. */
async function ownerOnLinux(port: number): Promise<string | undefined> {
  const sockets = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => listeningSockets(table, port)),
  );
  const names = new Set(sockets.flat().map((inode) => `socket:[${inode}]`));
  if (names.size === 0) return undefined;
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    if (await hasOpen(pid, names)) {
      return `${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (pid ${pid})`;
    }
  }
  return undefined;
}

async function listeningSockets(table: string, port: number): Promise<string[]> {
  const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const isListening =
      state === '0A' && local?.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`);
    return isListening === true && inode !== undefined ? [inode] : [];
  });
}

async function hasOpen(pid: string, names: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (names.has(target)) return true;
  }
  return false;
}

async function ownerByLsof(port: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    timeout: 2000,
  });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : `${name ?? 'a process'} (pid ${pid})`;
}
