import { memory } from '../../host/interfaces/keyvalue/backends/memory/memory.ts';
import { subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { conformance } from './suite.ts';

conformance('in_memory', memory, () => subjectOf({ kind: 'in_memory' }));
