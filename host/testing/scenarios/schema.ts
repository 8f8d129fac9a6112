import * as v from 'valibot';
import { BACKEND_NAMES } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { REFUSALS } from '../../interfaces/keyvalue/configuration/refusals.ts';
import { bucketEntries } from '../../interfaces/keyvalue/configuration/store-keys.ts';
import { INSTANCE_MODES } from '../../settings/host-settings.ts';
import {
  oneOf,
  path,
  required,
  STRING_EXPECTED,
  sections,
  text,
  textMap,
  timer,
  variables,
} from '../../settings/schema/schema-parts.ts';
import { MOMENT, parseMoment } from '../../shared/moment.ts';
import { step } from './schema-step.ts';
import { after, before } from './schema-values.ts';

const { ttl, counters } = bucketEntries;
const CLOCK = `"system", "frozen", or ${MOMENT}`;

const keyvalue = v.nullish(
  v.pipe(
    v.record(
      v.string(),
      v.union(
        [v.picklist(REFUSALS), v.object({ ttl, counters })],
        '"deny", "no-such-store", or a section such as { ttl: 60s }',
      ),
      'a map of identifiers',
    ),
    v.description(
      'What is particular about a bucket, by identifier, as in `dev.keyvalue`; `default` and `"*"` as there. The backend is that of `--against`.',
    ),
  ),
);

const requestTimeout = timer('How long a request may take until it is answered 504. Default `30s`.');

const clock = v.nullish(
  v.pipe(
    v.string(STRING_EXPECTED),
    v.check((given) => given === 'system' || given === 'frozen' || 'value' in parseMoment(given), CLOCK),
    v.description(
      '`system` (default), `frozen`, or the moment at which it stands still: `2026-01-01`, `2026-01-01T00:00:00Z`; without a zone in UTC.',
    ),
  ),
);

/** What a scenario may say for itself, and its file for all of them. */
const hostEntries = {
  component: path('The component; a relative path starts at this file.'),
  environment: variables('What the component reads through `wasi:cli/environment`.'),
  config: textMap('What the component reads through `wasi:config/store`.'),
  keyvalue,
  instances: oneOf(
    INSTANCE_MODES,
    '`fresh` (default): every request sees a new instance. `reuse`: it sees an old one.',
  ),
  requestTimeout,
  clock,
  seed: v.nullish(
    v.pipe(
      v.number('a number'),
      v.integer('a whole number'),
      v.description('Begins what is random. Default 0.'),
    ),
  ),
};

const skip = v.nullish(
  v.pipe(
    v.record(
      v.picklist(BACKEND_NAMES, `one of ${BACKEND_NAMES.join(', ')}`),
      v.string(STRING_EXPECTED),
      'a map of backends to the reason',
    ),
    v.description('Backends that the scenario is not for, each with the reason.'),
  ),
);

const scenarioEntries = {
  name: required(text('What a user would notice, in a few words; no two scenarios of a file have the same.')),
  ...hostEntries,
  skip,
  before,
  steps: v.pipe(
    v.array(step, 'a list of steps'),
    v.minLength(1, 'at least one step'),
    v.description('What happens, one after the other.'),
  ),
  after,
};

/** A file of scenarios. */
export const scenarioFileSchema = v.pipe(
  v.object(
    {
      $schema: text('Where an editor finds the schema of this file.'),
      ...hostEntries,
      scenarios: required(sections(scenarioEntries, '')),
    },
    'a section with component and scenarios',
  ),
  v.title('kvasi scenarios'),
  v.description('What a component answers, and what its buckets hold, on every backend: for kvasi test.'),
);

/** A file of scenarios that has been checked. */
export type ScenarioFile = v.InferOutput<typeof scenarioFileSchema>;
/** A scenario as it is written. */
export type WrittenScenario = ScenarioFile['scenarios'][number];
/** A step as it is written. */
export type WrittenStep = WrittenScenario['steps'][number];
