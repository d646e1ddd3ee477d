import * as z from 'zod';

/** One line of an etcd's log, whichever of its loggers wrote it. Nothing of it is shown before `entryOf` has read it. */
export interface Line {
  /** RFC 3339, where the line tells. */
  readonly at?: string | undefined;
  /** Without time, level and package. */
  readonly text: string;
  /** What zap writes beside the message; capnslog writes it into the text. */
  readonly fields: Fields;
}

const word = z.string().optional().catch(undefined);
/** The fields that tell something. A log is outside input: whatever else is in it, or of another kind, is left out. */
const Fields = z.object({
  took: word,
  'heartbeat-interval': word,
  'exceeded-duration': word,
  'remote-peer-id': word,
  error: word,
});
type Fields = z.infer<typeof Fields>;

const ZapLine = Fields.extend({
  ts: z.union([z.string(), z.number()]).optional().catch(undefined),
  msg: z.string(),
});

/** A request may be quoted in it, with a key of any length; beyond this nobody looks for what else it says. */
const LONGEST_LINE = 16_384;

/** `2021-05-14 16:47:40.070062 W | wal: sync duration of …` (coreos/pkg, capnslog). It tells no zone: UTC in a container. */
const CAPNSLOG = /^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) [A-Z] \| (?:[\w/-]+: )?(.*)$/;
/** What raft itself writes beside capnslog since etcd 3.4: `raft2026/04/26 06:45:59 INFO: …`. */
const RAFT = /^raft(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d) [A-Z]+: (.*)$/;

/** `undefined`: it is no line of etcd's, or one that was cut off. */
export function lineOf(written: string): Line | undefined {
  if (written.length > LONGEST_LINE) return undefined;
  if (written.startsWith('{')) return zapLine(written);
  const [, year, month, day, clock, text] = CAPNSLOG.exec(written) ?? RAFT.exec(written) ?? [];
  if (text === undefined) return written === '' ? undefined : { text: written, fields: {} };
  return { at: timeOf(`${year}-${month}-${day}T${clock}Z`), text, fields: {} };
}

function zapLine(written: string): Line | undefined {
  try {
    const { ts, msg, ...fields } = ZapLine.parse(JSON.parse(written));
    return { at: timeOf(ts), text: msg, fields };
  } catch {
    return undefined;
  }
}

/** zap writes `2022-08-30T09:19:17.672Z`, `2023-12-10T20:06:58.479041+0300`, or in etcd 3.4 also seconds since 1970. */
function timeOf(written: string | number | undefined): string | undefined {
  const time = typeof written === 'number' ? written * 1000 : written?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  const at = new Date(time ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
