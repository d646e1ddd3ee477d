import type { Readyz, Renewal } from '../evidence/control-plane.ts';
import type { ControlPlaneNodes } from '../evidence/etcd-nodes.ts';
import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { figureTable, type RowOf } from '../evidence/figures.ts';
import type { ScrapeError } from '../evidence/scrape-errors.ts';
import type { LogView } from './log/evidence.ts';
import type { Member } from './members.ts';
import type { Writers } from './writers.ts';

/** Heartbeats a leader sent late, to each follower: in ten minutes, in the last two; elections in ten minutes. */
export const Heartbeats = figureTable(['instance'], ['late', 'lateNow', 'elections']);
/** Quantiles in seconds, of the worst two minutes within ten; counts within ten minutes: all, over 16 ms, over 64 ms. */
export const Fsyncs = figureTable(['instance'], ['p99', 'p95', 'p99Now', 'count', 'slow', 'long', 'commitMean']);
/**
 * Seconds etcd took to answer Prometheus: median of ten minutes, p95 of the worst two within them; answers in all, and
 * for how many seconds of the ten minutes it was heard.
 */
export const Scrapes = figureTable(['instance'], ['usual', 'p95', 'answered', 'seenSeconds']);
/**
 * Round trips in seconds from one member to the member with the id `To`; sends that failed within ten minutes. `tried`:
 * above 0 when anything was sent to it, or failed to be, within two minutes.
 */
export const Peers = figureTable(['instance', 'To'], ['active', 'rttP99', 'rttMean', 'rttUsual', 'failures', 'tried']);
/** Within ten minutes: applies over 100 ms, most entries committed and not applied (`lagNow`: in the last two), a defragmentation. */
export const Applies = figureTable(['instance'], ['slow', 'lag', 'lagNow', 'defrag']);
/**
 * Share of the quota used, share of the database in use, bytes; a NOSPACE alarm (etcd 3.6 and later, and only of alarms
 * since the process started); within two minutes: puts applied, and writes refused for want of room.
 */
export const Space = figureTable(['instance'], ['used', 'live', 'sizeBytes', 'alarm', 'puts', 'refused']);
/** Shares of time (of periods: throttled) by pod. */
export const Container = figureTable(['pod'], ['throttled', 'cpuWaiting', 'ioStalled']);
/** Shares of time; `diskQueue` is a mean length. `device` is empty for what is said of the whole machine. */
export const NodeLoad = figureTable(['instance', 'device'], ['busy', 'steal', 'diskBusy', 'diskQueue']);
/** Whether a scrape target answers: 1 or 0. */
export const Machines = figureTable(['instance'], ['answers']);
/** Mean seconds and share of errors by operation; `storageBytes` has no operation. */
export const ApiServerView = figureTable(['operation'], ['mean', 'errors', 'storageBytes']);

export type Heartbeat = RowOf<typeof Heartbeats>;
export type Fsync = RowOf<typeof Fsyncs>;
export type Scrape = RowOf<typeof Scrapes>;
export type Peer = RowOf<typeof Peers>;
export type Apply = RowOf<typeof Applies>;
export type SpaceUse = RowOf<typeof Space>;
export type ContainerUse = RowOf<typeof Container>;
export type NodeUse = RowOf<typeof NodeLoad>;
export type Machine = RowOf<typeof Machines>;
export type Operation = RowOf<typeof ApiServerView>;

/** All evidence of this runbook, as its causes see it. */
export interface Seen {
  readonly members: readonly Member[];
  readonly heartbeats: readonly Heartbeat[];
  readonly fsync: readonly Fsync[];
  readonly scrapes: readonly Scrape[];
  readonly scrapeErrors: readonly ScrapeError[];
  /** Empty: one member, which has no peers. */
  readonly peers: readonly Peer[];
  readonly apply: readonly Apply[];
  readonly space: readonly SpaceUse[];
  readonly container: readonly ContainerUse[];
  readonly nodeLoad: readonly NodeUse[];
  readonly machines: readonly Machine[];
  readonly writers: Writers;
  readonly apiServerView: readonly Operation[];
  readonly readyz: Readyz;
  readonly lease: Renewal;
  readonly pods: readonly EtcdPod[];
  readonly nodes: ControlPlaneNodes;
  readonly log: LogView;
}
