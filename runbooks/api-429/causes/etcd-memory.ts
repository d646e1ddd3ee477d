import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { etcdOf, etcdTrouble } from '../etcd-state.ts';
import { hangs } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Member } from '../members.ts';
import type { Container, Machine, Maybe, Seen } from '../seen.ts';
import { bytes, likewise, listed, percent } from '../words.ts';

/**
 * The story of the old article: etcd held at its memory limit hangs, every request waits for it, the seats fill, and
 * the API server refuses the rest. Where the kernel may kill, it is killed and starts again and again instead.
 */
export function etcdAtMemoryLimit(seen: Seen, maybe: Maybe): Verdict {
  const trouble = etcdTrouble(maybe);
  if (trouble === undefined) {
    const { state, words } = etcdOf(seen, maybe);
    return state === 'good' ? ruledOut(words) : inconclusive(words);
  }
  const containers = seen.containers.filter(({ container }) => container === 'etcd');
  const full = containers.filter((row) => shareOf(row, maybe) >= limits.memoryFullShare);
  const hanging = (maybe.members ?? []).filter(hangs);
  const ended = containers.filter((row) => wasKilled(row, maybe));
  const stalled = full.filter(({ memoryStalled = 0 }) => memoryStalled > limits.memoryStalledShare);
  const proof = [
    ...(isOneOf(full, hanging, maybe) ? [counted(hanging.length)] : []),
    ...(stalled.length === 0
      ? []
      : [`it waits for memory ${percent(Math.max(...stalled.map((row) => row.memoryStalled ?? 0)))} of the time`]),
  ];
  if (ended.length > 0) {
    return confirmed(`${likewise(ended, killedWords)}${belowQuota(containers, maybe)}; ${trouble}`);
  }
  if (full.length > 0 && proof.length > 0) {
    return confirmed(
      `${likewise(full, (row) => fullWords(row, maybe))}${belowQuota(full, maybe)}; ${listed(proof)}; ${trouble}`,
    );
  }
  if (full.length > 0) {
    const isAnother = full.every(({ pod }) => memberOf(pod, maybe) !== undefined);
    const another =
      hanging.length === 0
        ? ''
        : `; ${likewise(hanging, ({ instance }) => `${instance} hangs`)}, ${isAnother ? 'which is another' : 'and whether that is the same is not seen'}`;
    return inconclusive(
      `${likewise(full, (row) => fullWords(row, maybe))}, but that it waits for memory is not seen: its cached files count there too${another}`,
    );
  }
  return byPlateau(seen, maybe, containers, hanging, trouble);
}

/** Without a limit to compare with: memory that grew, stands at its highest, and then silence; the machine has plenty. */
function byPlateau(
  seen: Seen,
  maybe: Maybe,
  containers: readonly Container[],
  hanging: readonly Member[],
  trouble: string,
): Verdict {
  const limited = containers.filter((row) => limitOf(row, maybe) !== undefined);
  const calm = limited.filter((row) => row.memoryBytes !== undefined && shareOf(row, maybe) < limits.memoryCalmShare);
  const sizes = likewise(limited, (row) => `${row.pod} uses ${percent(shareOf(row, maybe))} of its memory limit`);
  const sizesKnown = [maybe.members?.length, maybe.pods?.length].filter((size) => size !== undefined);
  const allSeen = sizesKnown.length > 0 && containers.length >= Math.max(...sizesKnown);
  const untold = containers.find((row) => !isKnownUnkilled(row, maybe));
  if (untold) return inconclusive(`${trouble}; whether ${untold.pod} was killed is not counted`);
  if (limited.length > 0 && calm.length === containers.length && allSeen) {
    const child = containers.find(({ killed = 0 }) => killed >= 1);
    return ruledOut(
      `${sizes}, and none was killed${child ? `: in the container of ${child.pod} something else was, etcd ran on` : ''}`,
    );
  }
  if (limited.length > 0) return inconclusive(`${sizes}; ${trouble}`);
  if (containers.some(({ limitBytes }) => limitBytes === undefined)) {
    return inconclusive(`${trouble}; whether its containers have a memory limit is not known`);
  }
  const free = containers.length > 0 && allSeen && containers.every(({ limitBytes }) => limitBytes === 0);
  const flat = seen.members.filter(isPlateau);
  if (free && flat.length === 0) return ruledOut('its containers have no memory limit, and none was killed');
  if (flat.length === 0)
    return inconclusive(`${trouble}; its memory limit is not known, and its memory shows no plateau`);
  const words = `${likewise(flat, plateauWords)}; its limit is not known`;
  if (hanging.length <= limits.mostShare * seen.members.length)
    return inconclusive(`${words}, and most members still answer`);
  const leastFree = leastFreeOf(seen.machines);
  if (leastFree === undefined) return inconclusive(`${words}, nor whether its machine has memory left`);
  const room = `its machine has ${percent(leastFree)} free`;
  return leastFree > limits.machineFreeShare
    ? confirmed(`${words}, but ${room}; ${counted(hanging.length)}; ${trouble}`)
    : inconclusive(`${words}, and ${room}: the machine itself may be short`);
}

/** The kernel also counts what else ran in its container, a backup or a probe: then etcd does not begin anew. */
function wasKilled(row: Container, maybe: Maybe): boolean {
  return ((row.killed ?? 0) >= 1 || (row.oomKilled ?? 0) >= 1) && (restartsOf(row, maybe) ?? 0) >= 1;
}

/** By kube-state-metrics, or by the member's own process. */
function restartsOf({ pod, restarts }: Container, maybe: Maybe): number | undefined {
  return restarts ?? memberOf(pod, maybe)?.restarts;
}

/** The member that runs in a pod: by the address of its machine, which both have. */
function memberOf(pod: string, { pods = [], members = [] }: Maybe): Member | undefined {
  const addresses = pods.find(({ name }) => name === pod)?.addresses ?? [];
  return members.find(({ instance }) => addresses.includes(hostOf(instance)));
}

/** Whether one that is at its limit is one that hangs. Whose is whose may not be seen: then there must be too many for two. */
function isOneOf(full: readonly Container[], hanging: readonly Member[], maybe: Maybe): boolean {
  const own = full.map(({ pod }) => memberOf(pod, maybe));
  if (own.some((member) => member !== undefined && hangs(member))) return true;
  const { members = [], containers = [], pods = [], servers = [] } = maybe;
  const etcds = containers.filter(({ container }) => container === 'etcd');
  const all = Math.max(members.length, etcds.length, pods.length, servers.length);
  return own.every((member) => member === undefined) && full.length > 0 && full.length + hanging.length > all;
}

/** By a counter of one of the two that count it, or by the pod itself. */
function isKnownUnkilled({ pod, killed, restarts }: Container, { pods = [] }: Maybe): boolean {
  const own = pods.find(({ name }) => name === pod);
  return killed === 0 || restarts !== undefined || (own !== undefined && own.lastExit !== 'OOMKilled');
}

function killedWords({ pod, restarts = 0 }: Container): string {
  const again = restarts >= 1 ? ` and started again ${Math.round(restarts)} times` : '';
  return `${pod} was killed at its memory limit${again} within half an hour`;
}

function fullWords(row: Container, maybe: Maybe): string {
  return `${row.pod} uses ${bytes(row.memoryBytes ?? 0)} of its memory limit of ${bytes(limitOf(row, maybe) ?? 0)} (${percent(shareOf(row, maybe))})`;
}

/** etcd's FAQ wants memory for all of the database: a limit below the quota cannot do. */
function belowQuota(rows: readonly Container[], maybe: Maybe): string {
  const quotas = (maybe.pods ?? []).map(({ quotaBytes }) => quotaBytes ?? limits.defaultQuotaBytes);
  const quota = Math.min(...quotas, ...(quotas.length === 0 ? [limits.defaultQuotaBytes] : []));
  const least = Math.min(...rows.map((row) => limitOf(row, maybe) ?? Number.POSITIVE_INFINITY));
  return least < quota ? `, and the limit is below the quota of its database (${bytes(quota)})` : '';
}

function limitOf({ pod, limitBytes }: Container, { pods = [] }: Maybe): number | undefined {
  const known = limitBytes ?? pods.find(({ name }) => name === pod)?.memoryLimitBytes;
  return known === 0 ? undefined : known;
}

function shareOf(row: Container, maybe: Maybe): number {
  const limit = limitOf(row, maybe);
  return limit === undefined ? 0 : (row.memoryBytes ?? 0) / limit;
}

function isPlateau({ memoryBytes = 0, highestBytes, lowestBytes = 0 }: Member): boolean {
  return (
    lowestBytes > 0 &&
    highestBytes !== undefined &&
    memoryBytes > limits.plateauOfHighest * highestBytes &&
    memoryBytes > limits.plateauGrowth * lowestBytes
  );
}

function plateauWords({ instance, memoryBytes = 0, lowestBytes = 0 }: Member): string {
  return `the memory of ${instance} grew from ${bytes(lowestBytes)} to ${bytes(memoryBytes)} within six hours and stands there`;
}

function leastFreeOf(machines: readonly Machine[]): number | undefined {
  const free = machines.flatMap(({ memoryFree }) => memoryFree ?? []);
  return free.length === 0 ? undefined : Math.min(...free);
}

function counted(members: number): string {
  return members === 1
    ? 'one member hangs (scrapes run into their time-out)'
    : `${members} members hang (scrapes run into their time-out)`;
}
