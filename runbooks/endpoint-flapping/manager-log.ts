import * as z from 'zod';
import { secondsOf } from '../evidence/go-duration.ts';
import { plural } from '../evidence/node-words.ts';
import { span } from './words.ts';

/** The controller manager found a node's heartbeat late. */
export interface Late {
  readonly node: string;
  /** Since it last noticed one, by its own clock. */
  readonly ageSeconds: number;
  /** From the last status the kubelet dates to this line: the difference is how long it took to be noticed. */
  readonly sinceHeartbeatSeconds?: number;
}

/**
 * Three formats, all of klog level 2 (kubernetes, `node_lifecycle_controller.go`): until 1.13 `… Last ready condition
 * is: {Type:Ready …}`, until about 1.26 `… Last Ready is: &NodeCondition{…}`, then structured.
 */
const PLAIN = /node (\S+) hasn't been updated for ([^\s]+?)\. Last (.+?) is: (.*)$/;
const STRUCTURED = /"Node hasn't been updated" node="([^"]+)" duration="([^"]+)" nodeConditionType="(\w+)"/;
/** `W0511 11:05:49.383806`: without year and zone, but in the zone of the times it quotes. */
const HEADER = /^[IWEF]\d{4} (\d\d):(\d\d):(\d\d(?:\.\d+)?)/;
const HEARTBEAT = /LastHeartbeatTime:\d{4}-\d\d-\d\d (\d\d):(\d\d):(\d\d(?:\.\d+)?)/;

/** One for each time a node was found late: a line for every condition of it says the same. */
export function lateIn(log: string): readonly Late[] {
  const found = log.split('\n').flatMap((line) => lineOf(line) ?? []);
  return found.filter(
    (late, index) =>
      !found
        .slice(0, index)
        .some((other) => other.node === late.node && Math.abs(other.ageSeconds - late.ageSeconds) < 0.001),
  );
}

function lineOf(line: string): Late | undefined {
  const found = PLAIN.exec(line) ?? STRUCTURED.exec(line);
  const [, node = '', age = '', , condition = ''] = found ?? [];
  const ageSeconds = secondsOf(age);
  if (!found || ageSeconds === undefined) return undefined;
  const [written, beaten] = [ofDay(HEADER.exec(line)), ofDay(HEARTBEAT.exec(condition))];
  const since = written === undefined || beaten === undefined ? undefined : (written - beaten + 86_400) % 86_400;
  return { node, ageSeconds, ...(since === undefined ? {} : { sinceHeartbeatSeconds: since }) };
}

function ofDay(time: RegExpExecArray | null): number | undefined {
  return time === null ? undefined : Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]);
}

/** `silent`: why there was nothing to read. */
export type LogView = { readonly silent: string } | { readonly late: readonly Late[] };

export const ManagerLog: z.ZodType<LogView> = z.union([
  z.object({ silent: z.string() }),
  z.object({ log: z.string() }).transform(({ log }) => ({ late: lateIn(log) })),
]);

const SHOWN = 3;

export function showLog(view: LogView): string {
  if ('silent' in view) return view.silent;
  if (view.late.length === 0) return 'nothing in its latest lines';
  const shown = view.late.slice(-SHOWN).map(({ node, ageSeconds }) => `${node} after ${span(ageSeconds)}`);
  return `${plural(view.late.length, 'late heartbeat')}: ${shown.join(', ')}`;
}

/** How late the latest of this node was found; `undefined`: no line says. */
export function latestOf(view: LogView | undefined, node: string): Late | undefined {
  return view && 'late' in view ? view.late.findLast((late) => late.node === node) : undefined;
}

/** The least age, of any node, that it called late; `undefined`: it wrote of none. */
export function leastOf(view: LogView | undefined): number | undefined {
  const ages = view && 'late' in view ? view.late.map(({ ageSeconds }) => ageSeconds) : [];
  return ages.length === 0 ? undefined : Math.min(...ages);
}
