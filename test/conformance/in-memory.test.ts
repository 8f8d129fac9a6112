import { inMemoryCapabilities } from '../../host/interfaces/keyvalue/backends/memory/in-memory.ts';
import { subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { conformance } from './suite.ts';

conformance('in_memory', { capabilities: inMemoryCapabilities }, () => subjectOf({ kind: 'in_memory' }));
