import { RetentionPolicy, type StreamConfig, type StreamSource } from '@nats-io/jetstream';

/** Parts of a stream's configuration that the client's types lack, as newer servers have them. */
type Config = StreamConfig & { readonly allow_msg_counter?: boolean };

/**
 * Why a stream can't keep a bucket: what is written would not be found under its key, would be dropped, or is never
 * acknowledged. `undefined` where it can.
 * @param prefix what the subjects of the bucket begin with
 */
export function whyUnfit(config: Config, prefix: string): string | undefined {
  const { subjects = [], sources = [], subject_transform: transform } = config;
  if (config.retention !== RetentionPolicy.Limits)
    return `it keeps messages only until they are consumed (retention ${config.retention})`;
  if (config.no_ack) return 'it acknowledges no writes (no_ack)';
  if (config.allow_msg_counter === true) return 'it keeps counters of the server (allow_msg_counter)';
  if (transform !== undefined)
    return `it keeps keys under other subjects (subject_transform to ${transform.dest})`;
  if (!subjects.some((subject) => covers(subject, prefix)))
    return `it does not take the subjects ${prefix}> (it takes ${subjects.join(', ') || 'none'})`;
  const foreign = sources.find((source) => !staysWithin(source, prefix));
  return foreign && `what it takes from ${foreign.name} is under other subjects than ${prefix}>`;
}

/** Why a mirror's keys can't be had from the stream that it mirrors; `undefined` where they can. */
export function whyUnfollowed(mirror: StreamSource): string | undefined {
  if (mirror.external != null) return 'which lies in another domain or account; open the bucket there';
  if (mirror.filter_subject || (mirror.subject_transforms ?? []).length > 0)
    return 'of which it has a part, or other subjects';
  return undefined;
}

/** Whether the pattern of a stream takes every subject that begins so. */
function covers(pattern: string, prefix: string): boolean {
  const wanted = prefix.split('.').slice(0, -1);
  const tokens = pattern.split('.');
  if (tokens.at(-1) !== '>') return false;
  return (
    tokens.length <= wanted.length + 1 &&
    tokens.slice(0, -1).every((token, index) => token === '*' || token === wanted[index])
  );
}

function staysWithin(
  { filter_subject: filter, subject_transforms: transforms = [] }: StreamSource,
  prefix: string,
) {
  if (transforms.length > 0) return transforms.every(({ dest }) => dest.startsWith(prefix));
  return filter?.startsWith(prefix) === true;
}
