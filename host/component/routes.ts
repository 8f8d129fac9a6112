import { formatPath } from '../settings/file/parsed-file.ts';
import { fileKey } from '../settings/file-key.ts';
import { quoted } from '../settings/redact.ts';
import type { Setting } from '../settings/setting.ts';

/** Which component answers requests to a path, and to all below it. */
export interface Route {
  readonly path: string;
  /** A name of `dev.components`, or `main`. */
  readonly component: string;
  /** Where that was said. */
  readonly place: string;
}

const routesKey = fileKey('dev.routes', ({ required, sections, text }) =>
  sections(
    {
      path: required(text('A path such as `/api`. It stands for itself and all paths below it.')),
      component: required(text('A name of `dev.components`, or `main` for the main component.')),
    },
    'Which component answers, where several export the HTTP handler. The longest path that fits counts; what fits none is for the main component.',
  ),
);

export const routesSetting = {
  name: 'routes',
  keys: [routesKey],
  resolve({ file, origins, report }): readonly Route[] {
    const written = file?.written(routesKey) ?? [];
    const seen = new Set<string>();
    return written.map(({ path, component }, index) => {
      const at = ['dev', 'routes', index, 'path'];
      const place = file?.locate(at) ?? '';
      if (!path.startsWith('/') || /[?#*]/.test(path)) {
        const why = path.includes('*')
          ? ': it stands for all paths below it as well, and takes no "*"'
          : ', without a query';
        report.problem(
          `${place}: ${formatPath(at)} is ${quoted(path)}. Expected a path such as "/api"${why}.`,
        );
      } else if (seen.has(trimmed(path))) {
        report.problem(`${place}: ${formatPath(at)} is ${quoted(path)}, which an earlier route has.`);
      }
      seen.add(trimmed(path));
      origins.set(`routes.${path}`, place);
      return {
        path: trimmed(path),
        component,
        place: file?.locate(['dev', 'routes', index, 'component']) ?? '',
      };
    });
  },
  *show(routes: readonly Route[]) {
    for (const { path, component } of routes) yield [`routes.${path === '' ? '/' : path}`, component];
  },
} as const satisfies Setting<'routes', readonly Route[]>;

/** Without slashes at its end: the root is empty. */
function trimmed(path: string): string {
  return path.replace(/\/+$/, '');
}
