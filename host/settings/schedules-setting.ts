import { basename } from 'node:path';
import type { Parsed } from '../shared/parsed.ts';
import { absolutePath } from '../shared/path.ts';
import { placeOfKey } from './at-place.ts';
import { fileKey } from './file-key.ts';
import { quoted } from './redact.ts';
import type { Setting } from './setting.ts';

/** What is run at certain times. */
export interface ScheduleSetting {
  readonly name: string;
  /** As cron has it; see docs/schedules.md. */
  readonly cron: string;
  /** In which the times are meant, such as `Europe/Berlin`. */
  readonly timezone: string;
  /** The component: an absolute path; undefined: the one that answers requests. */
  readonly file: string | undefined;
  /** Where it was said what is run. */
  readonly place: string;
  /** The function that is called, `interface#function` or `function`; undefined: `wasi:cli/run`. */
  readonly export: string | undefined;
}

const key = fileKey('dev.schedules', ({ sections, required, text, name, path, parsed }) =>
  sections(
    {
      cron: required(
        text('When: `*/5 * * * *`, with seconds in front where there are six fields, or `@daily`.'),
      ),
      component: path('The component that is run. Default: the one that answers requests.'),
      export: parsed(
        parseExport,
        'Function without parameters that is called, such as `acme:jobs/cleanup#run`. Default: `wasi:cli/run`.',
      ),
      name: name('What it is called. Default: the name of the component’s file.'),
      timezone: text('In which the times are meant, such as `Europe/Berlin`. Default: `UTC`.'),
    },
    'What is run at certain times.',
  ),
);

export const schedulesSetting = {
  name: 'schedules',
  keys: [key],
  async resolve({ file, directory, report, origins }): Promise<readonly ScheduleSetting[]> {
    const written = file?.written(key) ?? [];
    origins.set(
      'schedules',
      written.length > 0 ? (file?.locate(['dev', 'schedules'], 'key') ?? '') : 'default',
    );
    if (written.length === 0) return [];
    const [{ Cron }, { cronProblem }] = await Promise.all([import('croner'), import('./cron-text.ts')]);
    const names = new Set<string>();
    return written.map(({ cron, component, export: func, name, timezone }, index) => {
      const place = (part: string): string => file?.locate(['dev', 'schedules', index, part], 'value') ?? '';
      const schedule: ScheduleSetting = {
        name: name ?? (component == null ? 'main' : basename(component, '.wasm')),
        cron,
        timezone: timezone ?? 'UTC',
        file: component == null ? undefined : absolutePath(directory, component),
        export: func ?? undefined,
        place: placeOfKey({ file }, ['dev', 'schedules', index, ...(component == null ? [] : ['component'])]),
      };
      const wrongTimes = cronProblem(cron, Cron);
      if (wrongTimes !== undefined)
        report.problem(
          () => `${place('cron')}: dev.schedules[${index}].cron is ${quoted(cron)}, ${wrongTimes}.`,
        );
      if (isUnknownZone(schedule.timezone))
        report.problem(
          () =>
            `${place('timezone')}: dev.schedules[${index}].timezone is ${quoted(schedule.timezone)}. Expected a time zone such as "Europe/Berlin".`,
        );
      if (names.has(schedule.name))
        report.problem(
          () =>
            `${place('cron')}: dev.schedules[${index}] is called ${JSON.stringify(schedule.name)}, as another one is. Expected a name of its own.`,
        );
      names.add(schedule.name);
      return schedule;
    });
  },
  *show(schedules: readonly ScheduleSetting[]) {
    for (const { name, cron, timezone } of schedules) yield [`schedules.${name}`, `${cron} (${timezone})`];
  },
} as const satisfies Setting<'schedules', readonly ScheduleSetting[]>;

function parseExport(text: string): Parsed<string> {
  const isName = /^[^#\s]+(?:#[^#\s]+)?$/.test(text);
  return isName
    ? { value: text }
    : { expected: 'a function such as "acme:jobs/cleanup#run", or "run" for one outside of interfaces' };
}

function isUnknownZone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return false;
  } catch {
    return true;
  }
}
