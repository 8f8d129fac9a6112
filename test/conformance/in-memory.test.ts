import { subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { conformance } from './suite.ts';

conformance('in_memory', () => subjectOf({ kind: 'in_memory' }));
