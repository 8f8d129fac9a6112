import { subjectOf } from '../../host/conformance/subject.ts';
import { conformance } from './suite.ts';

conformance('in_memory', () => subjectOf({ kind: 'in_memory' }));
