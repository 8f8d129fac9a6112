import type { HostEvents } from '../../composition/host-events.ts';
import type { RequestLog } from '../../inspector/api/request-log.ts';
import type { DevOutput } from './dev-output.ts';

/** What the host tells is printed, and kept for the inspector where there is one. */
export function loggedEvents(output: DevOutput, requests: RequestLog | undefined): HostEvents {
  return {
    request(report) {
      output.request(report);
      requests?.add(report);
    },
    print: (request, stream, bytes) => output.print(request, stream, bytes),
    log: (request, log) => output.log(request, log),
    printedBy: (name, stream, bytes) => output.printedBy(name, stream, bytes),
    scheduled(report) {
      output.scheduled(report);
      requests?.addSchedule(report);
    },
    delivered(report) {
      output.delivered(report);
      requests?.addMessage(report);
    },
    changed(report) {
      output.changed(report);
      requests?.addChange(report);
    },
    warning: (text) => output.warning(text),
    refused: (refusal) => output.refused(refusal),
    fault: (error) => output.fault(error),
    crash: (error) => output.crash(error),
    replaced: () => output.replaced(),
  };
}
