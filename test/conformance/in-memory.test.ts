import { InMemoryBackend, inMemoryPromises } from '../../host/backends/in-memory.ts';
import { movableClock } from './subject.ts';
import { conformance } from './suite.ts';

conformance('in_memory', async () => {
  const clock = movableClock();
  const backend = new InMemoryBackend({ now: clock.now });
  return {
    promises: inMemoryPromises,
    clock,
    connect: async () => backend,
    async [Symbol.asyncDispose]() {
      backend.close();
    },
  };
});
