import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { component } from '../support/kvasi-process.ts';
import { processesOf } from '../support/process-stats.ts';
import { Project } from '../support/project.ts';
import { isInstalled } from '../support/server.ts';
import { TerminalSession, tmux } from '../support/terminal-session.ts';

const hasTmux = await isInstalled(tmux);

const config = { build: { command: 'sh build.sh', component_path: 'app.wasm' } };

async function projectOf(build: string): Promise<Project> {
  const project = await Project.create({
    '.wash/config.json': JSON.stringify(config),
    'counter.wasm': await readFile(component('kv-counter')),
    'build.sh': build,
    'browser.sh': '#!/bin/sh\necho "$@" > browsed.txt\n',
  });
  await chmod(join(project.folder, 'browser.sh'), 0o755);
  return project;
}

const good = 'echo compiling; cp counter.wasm app.wasm';

/** Answers the URL. */
async function started(session: TerminalSession): Promise<string> {
  await session.kvasi('dev', '--address', 'localhost:0');
  const url = await session.until(/http:\/\/localhost:\d+/);
  await session.until(/keys +h for help/);
  return url;
}

describe.runIf(hasTmux)('in a terminal', () => {
  test('each key does what the help says', async () => {
    await using project = await projectOf(good);
    await using session = await TerminalSession.start(project.folder);
    const url = await started(session);
    for (const key of ['h', '?']) {
      await session.press(key);
      await session.until(/ {2}r {2}build and load again[\s\S]* {2}q {2}quit/);
      await session.press('c');
    }

    await session.press('v');
    await session.until(/each operation is shown/);
    await fetch(`${url}/a`);
    await session.until(/GET {3}\/a {2}200 {2}\d+ ms\n.*open +\S+ +[\d.]+ ms\n.*increment .*\/a +[\d.]+ ms/);
    await session.press('v');
    await session.until(/operations are summed up/);
    await fetch(`${url}/b`);
    await session.until(/GET {3}\/b {2}200 {2}.*ms {2}open .*, increment/);

    await session.press('r');
    await session.until(/building {2}sh build\.sh\ncompiling\nbuilt {2}\d.*\nreloaded {2}app/);
    expect(await (await fetch(`${url}/a`)).text()).toBe('2\n');

    await session.press('c');
    await expect.poll(() => session.screen()).not.toMatch(/building/);

    await session.press('q');
    await session.prompt();
    await session.line('echo "status $?"; stty -a');
    expect(await session.until(/status \d+[\s\S]* -?icanon[\s\S]* -?echo /)).toMatch(
      /status 0[\s\S]* icanon[\s\S]* echo /,
    );
  });

  test.runIf(process.platform === 'linux')('o opens the browser', async () => {
    await using project = await projectOf(good);
    await using session = await TerminalSession.start(project.folder, {
      BROWSER: join(project.folder, 'browser.sh'),
    });
    const url = await started(session);
    await session.press('o');
    const browsed = () => readFile(join(project.folder, 'browsed.txt'), 'utf8').catch(() => '');
    await expect.poll(browsed, { timeout: 10_000 }).toMatch(new RegExp(`^${url}/?\n$`));
  });

  test('Ctrl-C ends it in good order and leaves the terminal as it was', async () => {
    await using project = await projectOf(good);
    await using session = await TerminalSession.start(project.folder);
    await started(session);
    await session.press('C-c');
    await session.prompt();
    await session.line('echo "status $?"; stty -a');
    expect(await session.until(/status \d+[\s\S]* -?icanon/)).toMatch(/status 0[\s\S]* icanon/);
  });

  test('a second Ctrl-C ends it at once', async () => {
    await using project = await projectOf(good);
    await project.write('counter.wasm', await readFile(component('misbehave')));
    await using session = await TerminalSession.start(project.folder);
    const url = await started(session);
    const hanging = fetch(`${url}/sleep`).catch(() => {});
    await fetch(`${url}/leak`);
    await session.press('C-c');
    await expect
      .poll(() =>
        fetch(url).then(
          () => 'answered',
          () => 'refused',
        ),
      )
      .toBe('refused');
    await session.press('C-c');
    await session.prompt();
    await session.line('echo "status $?"');
    await session.until(/status 130/);
    await hanging;
  });

  test('Ctrl-Z hands the terminal back, and fg goes on', async () => {
    await using project = await projectOf(good);
    await using session = await TerminalSession.start(project.folder);
    const url = await started(session);
    await session.press('C-z');
    await session.until(/Stopped/);
    await session.prompt();
    await session.line('echo here is the "shell"');
    await session.until(/^here is the shell$/m);
    await session.line('fg');
    expect((await fetch(`${url}/a`)).status).toBe(200);
    await session.press('v');
    await session.until(/each operation is shown/);
  });

  test('in the background it leaves the keyboard to the shell', async () => {
    await using project = await projectOf(good);
    await using session = await TerminalSession.start(project.folder);
    await session.kvasi('dev', '--address', 'localhost:0', '&');
    const url = await session.until(/http:\/\/localhost:\d+/);
    expect((await fetch(`${url}/a`)).status).toBe(200);
    await session.line('echo here is the "shell"');
    await session.until(/^here is the shell$/m);
    expect((await fetch(`${url}/a`)).status).toBe(200);
  });

  test('a terminal that is closed ends it, and the build that is under way', async () => {
    await using project = await projectOf(good);
    await using session = await TerminalSession.start(project.folder);
    await session.kvasi('dev', '--address', 'localhost:0', '-C', project.folder);
    await session.until(/keys +h for help/);
    const builder = join(project.folder, 'endless.sh');
    await project.write('endless.sh', 'sleep 600');
    await project.write('build.sh', `sh ${builder}`);
    await expect.poll(() => processesOf(builder)).not.toEqual([]);
    expect(await processesOf(`-C ${project.folder}`)).not.toEqual([]);
    await session.close();
    await expect.poll(() => processesOf(project.folder), { timeout: 5000 }).toEqual([]);
  });

  test('a first build that fails waits for somebody to repair it', async () => {
    await using project = await projectOf('echo it is broken; exit 4');
    await using session = await TerminalSession.start(project.folder);
    await session.kvasi('dev', '--address', 'localhost:0');
    await session.until(/it is broken[\s\S]*ended with status 4[\s\S]*Waiting for a change that builds/);
    await project.write('build.sh', good);
    await session.until(/building {2}build\.sh changed[\s\S]*http:\/\/localhost:\d+/);
  });
});
