import { expect, test } from 'vitest';
import { startHost } from '../../host/testing.ts';
import { KvasiDev, root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const counter = `${root}/components/kv-counter/kv-counter.wasm`;
const tool = `${root}/components/commands/tool/tool.wasm`;
const toolAsync = `${root}/components/commands/tool-async/tool-async.wasm`;

/** A project whose job counts in the bucket of its component. */
async function projectWith(schedules: string, job = 'count runs'): Promise<Project> {
  return await Project.create({
    '.wash/config.yaml': [
      'dev:',
      `  component_path: ${counter}`,
      `  schedules: [${schedules}]`,
      `workload: { environment: { config: { JOB: "${job}" } } }`,
    ].join('\n'),
  });
}

function start(project: Project) {
  return startHost({
    config: `${project.folder}/.wash/config.yaml`,
    clock: new Date('2026-01-01T00:00:30Z'),
  });
}

test('a schedule is run by name, and finds the buckets of the component', async () => {
  await using project = await projectWith(
    `{ cron: "0 3 * * *", component: ${tool}, name: nightly, export: "wasi:cli/run@0.2.12#run" }`,
  );
  await using host = await start(project);
  const bucket = host.bucket('in_memory');
  await bucket.set('runs', '41');
  expect(await host.runSchedule()).toMatchObject({
    schedule: 'nightly',
    failure: undefined,
    operations: [{ op: 'increment', bucket: 'in_memory', key: 'runs', request: 0 }],
  });
  expect(await bucket.getText('runs')).toBe('42');
  expect(host.output()).toContain('Ok(42)');
  await expect(host.runSchedule('nighty')).rejects.toThrow(
    'there is no schedule "nighty". Did you mean nightly?',
  );
  // What a fault does to a store, it does to a job.
  host.faults.add({ op: 'increment', error: 'other' });
  await host.runSchedule('nightly');
  expect(await bucket.getText('runs')).toBe('42');
});

test('the clock of the host brings what is due, once for all that was missed', async () => {
  await using project = await projectWith(
    `{ cron: "* * * * *", component: ${tool} }, { cron: "30 1 * * *", component: ${toolAsync}, timezone: Europe/Berlin }`,
  );
  await using host = await start(project);
  const runs = () => host.scheduledRuns().filter(({ schedule }) => schedule === 'tool').length;
  host.clock.advance('29s');
  expect(await host.bucket('in_memory').exists('runs')).toBe(false);
  host.clock.advance('1s');
  await expect.poll(runs).toBe(1);
  host.clock.advance('1m');
  await expect.poll(runs).toBe(2);
  host.clock.advance('10h');
  await expect.poll(runs).toBe(3);
  host.clock.advance('30s');
  expect(await host.bucket('in_memory').getText('runs')).toBe('3');
  await expect.poll(() => host.scheduledRuns().map(({ schedule }) => schedule)).toContain('tool-async');
});

test('what a job answers is told: an error, an exit, a trap, and that its last run goes on', async () => {
  const failureOf = async (job: string) => {
    await using project = await projectWith(`{ cron: "* * * * *", component: ${tool} }`, job);
    await using host = await start(project);
    return await host.runSchedule('tool');
  };
  expect(await failureOf('nothing')).toMatchObject({ failure: 'the component answered with an error' });
  expect(await failureOf('exit 7')).toMatchObject({ failure: 'the component exited with status 7' });
  expect(await failureOf('exit 0')).toMatchObject({ failure: undefined });
  const trapped = await failureOf('trap');
  expect(trapped).toMatchObject({ failure: 'the component trapped: unreachable' });
  expect(trapped.backtrace.join('\n')).toContain('wasi:cli/run');
});

test('what is due while its last run goes on is left out', async () => {
  await using project = await projectWith(`{ cron: "* * * * *", component: ${toolAsync} }`, 'sleep 3600');
  await using host = await start(project);
  // Without arguments it fails at once; a job of 0.3 has none.
  expect(await host.runSchedule()).toMatchObject({ failure: 'the component answered with an error' });
  await using busy = await projectWith(`{ cron: "* * * * *", component: ${tool} }`, 'compute');
  await using other = await start(busy);
  other.clock.advance('1m');
  await expect
    .poll(() => {
      other.clock.advance('1m');
      return other.output();
    })
    .toContain('the schedule tool was due while its last run goes on; it is left out');
});

test('kvasi dev runs schedules, and shows each run', async () => {
  await using project = await projectWith(`{ cron: "* * * * * *", component: ${tool} }`);
  await using kvasi = await KvasiDev.start(['--no-inspector'], { cwd: project.folder });
  await kvasi.until(/cron {2}tool {2}ok {2}[\d.]+ m?s {2}.*increment in_memory\/runs/);
  expect(kvasi.stdout).toContain('[tool] Ok(1)');
});

test('schedules that can not be are told with their place', async () => {
  const stderrOf = async (schedules: string) => {
    await using project = await projectWith(schedules);
    return (await runKvasi(['dev', '--no-inspector', '--address', 'localhost:0'], { cwd: project.folder }))
      .stderr;
  };
  expect(await stderrOf('{ cron: "61 * * * *" }')).toMatch(
    /config\.yaml:3:\d+: dev\.schedules\[0\]\.cron is "61 \* \* \* \*", whose minute is "61"\. Expected 0 to 59, \*, a range/,
  );
  expect(await stderrOf('{ cron: "@daily", timezone: Mars }')).toMatch(
    /dev\.schedules\[0\]\.timezone is "Mars"/,
  );
  expect(await stderrOf('{ cron: "@daily", name: a }, { cron: "@daily", name: a }')).toMatch(
    /dev\.schedules\[1\] is called "a"/,
  );
  expect(await stderrOf('{ cron: "@daily" }')).toMatch(
    /config\.yaml:3:\d+: dev\.schedules\[0\]: \S+kv-counter\.wasm does not export wasi:cli\/run .* name a function as its export/,
  );
  expect(await stderrOf(`{ cron: "@daily", component: ${tool}, export: clean }`)).toMatch(
    /tool\.wasm does not export clean as a function without parameters/,
  );
  expect(
    await stderrOf(
      `{ cron: "@daily", component: ${tool}, export: "wasi:cli/run@0.2.12#run" }, { cron: "61 * * * *", name: b }`,
    ),
  ).not.toContain('tool.wasm');
});
