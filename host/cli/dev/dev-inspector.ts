import { examine } from '../../component/inspection.ts';
import type { ComponentFile } from '../../component/read.ts';
import type { ResolvedSettings } from '../../composition/settings.ts';
import { EventStreams } from '../../inspector/api/event-streams.ts';
import type { RequestLog } from '../../inspector/api/request-log.ts';
import { startInspector } from '../../inspector/api/start-inspector.ts';
import { type FoundNote, leaveNote, removeNote, removeNoteFolder } from '../../inspector/client/dev-note.ts';
import type { ThreadBlobs } from '../../interfaces/blobstore/thread-blobs.ts';
import type { Stores } from '../../interfaces/keyvalue/stores.ts';
import { reasonOf } from '../../shared/host-error.ts';

/** The inspector of a running `kvasi dev`. */
export interface DevInspector {
  /** Opens the page with the right to write. */
  readonly link: string;
  close(): Promise<void>;
}

/** What the inspector is started with. */
export interface DevInspectorOptions {
  /** Where the component is served. */
  readonly url: string;
  readonly resolved: ResolvedSettings;
  readonly stores: Stores;
  readonly blobs: ThreadBlobs;
  readonly requests: RequestLog;
  /** Default: see `startInspector`. */
  readonly port: number | undefined;
  /** The component that is served now. */
  component(): ComponentFile;
  warning(text: string): void;
}

/** Starts the inspector, and leaves word of it for `kvasi kv`. */
export async function startDevInspector(options: DevInspectorOptions): Promise<DevInspector> {
  const { url, resolved, stores, blobs, requests } = options;
  const states = new Map<string, unknown>([
    ['keyvalue', stores],
    ['blobstore', blobs],
  ]);
  let shown: { file: ComponentFile; inspection: ReturnType<typeof examine> } | undefined;
  const inspection = (): ReturnType<typeof examine> => {
    const file = options.component();
    if (shown?.file !== file) shown = { file, inspection: examine(file, resolved.settings) };
    return shown.inspection;
  };
  const events = new EventStreams(requests);
  const host = { url, resolved, states, requests, events, started: Date.now(), inspection };
  const inspector = await startInspector(host, options.port);
  const { directory } = resolved.settings;
  const note = {
    url: inspector.url,
    token: inspector.token,
    serves: url,
    component: options.component().path,
  };
  let path: string | undefined;
  try {
    const left = await leaveNote(directory, note);
    path = left.path;
    // They are asked whether they are there, which may take a while.
    if (left.others.length > 0) tellOthers(left.others, url, options.warning).catch(() => {});
  } catch (error) {
    options.warning(`kvasi kv will not find this host: ${reasonOf(error)}`);
  }
  return {
    link: `${inspector.url}/#token=${inspector.token}`,
    async close() {
      if (path !== undefined) await removeNote(path).catch(() => {});
      await removeNoteFolder(directory);
      await inspector.close();
    },
  };
}

/** `kvasi kv` goes on with the host that it has been talking to. */
async function tellOthers(
  found: readonly FoundNote[],
  url: string,
  warning: (text: string) => void,
): Promise<void> {
  const { hostText, otherHosts } = await import('../../inspector/client/running-hosts.ts');
  const [first] = await otherHosts(found);
  if (first === undefined) return;
  const own = `kvasi kv --address ${new URL(url).host}`;
  warning(
    `another kvasi dev runs in this folder: ${hostText(first)}. kvasi kv talks to that one, ${own} to this one`,
  );
}
