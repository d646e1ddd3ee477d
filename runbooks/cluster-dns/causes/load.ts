import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { limits } from '../limits.ts';
import type { Machine, Process } from '../metrics.ts';
import type { Pods } from '../pods.ts';
import { type DnsCause, noPods } from '../signs.ts';
import { few, percent } from '../words.ts';

/** The first that has a limit of CPU of which nobody counts what it does; only that is counted at all. */
function unmeasured({ all, more }: Pods, processes: readonly Process[] = []): string | undefined {
  const known = new Set(processes.flatMap(({ pod, throttled }) => (throttled === undefined ? [] : pod)));
  const one = all.find((pod) => pod.limits.cpu !== undefined && !known.has(pod.name));
  if (one) return `${one.name} has a limit of CPU (${one.limits.cpu}); how often it holds it back is not scraped`;
  return more ? 'there are more pods than were looked at' : undefined;
}

export const cpuThrottled: DnsCause = {
  title: 'Its CPU limit holds it back',
  judge: (seen, maybe) => {
    const held = (maybe.processes ?? []).flatMap(({ pod, throttled }) =>
      throttled === undefined ? [] : [{ pod, throttled }],
    );
    const [most] = held.toSorted((a, b) => b.throttled - a.throttled || (a.pod < b.pod ? -1 : 1));
    if (most !== undefined) {
      const words = `${most.pod} was held back in ${percent(most.throttled)} of periods (limit 25 %)`;
      if (most.throttled >= limits.throttledShare) return confirmed(words);
      if (most.throttled >= limits.calmShare) return inconclusive(words);
    }
    if (seen.pods.all.length === 0) return inconclusive(noPods(seen.pods));
    const unseen = unmeasured(seen.pods, maybe.processes);
    if (unseen) return inconclusive(unseen);
    return ruledOut(
      most === undefined
        ? 'no container of it has a limit of CPU'
        : `${most.pod} was held back in ${percent(most.throttled)} of periods (limit 25 %), no other more`,
    );
  },
  measure: ({ processes }) => ({
    of: 'periods in which the CPU limit held CoreDNS back',
    value: Math.max(...processes.flatMap(({ throttled }) => throttled ?? [])),
    unit: 'share',
    worseWhen: 'higher',
    // From under the limit of the alert to twice it.
    clearlyWorse: 2,
    fineUntil: limits.throttledShare,
  }),
  present: true,
  remedies: ['moreCpu', 'scaleOut'],
};

/**
 * With ndots:5 a pod asks for example.com along its search paths first: three answers of NXDOMAIN for one that counts. That
 * is so in every cluster, and a trouble only where it is what keeps CoreDNS busy.
 */
export const searchPaths: DnsCause = {
  title: 'Most of what it is asked is search paths (ndots)',
  judge: (seen) => {
    const { processes } = seen;
    const { nxdomain } = seen.answers;
    if (nxdomain === undefined) return inconclusive('how its answers divide is not counted');
    const share = `${percent(nxdomain)} of its answers are NXDOMAIN`;
    const cores = Math.max(...processes.flatMap((one) => one.cores ?? []));
    if (!Number.isFinite(cores)) return inconclusive(`${share}; its CPU is not scraped`);
    const held = Math.max(0, ...processes.flatMap(({ throttled }) => throttled ?? []));
    const words = `${share}, and the busiest pod uses ${cores.toFixed(2)} cores`;
    if (nxdomain < limits.searchShare) return ruledOut(`${share} (limit 60 %)`);
    if (held >= limits.calmShare)
      return inconclusive(`${words}: a part of what fills its CPU limit; first see to that`);
    const unseen = unmeasured(seen.pods, processes);
    if (unseen) return inconclusive(`${words}; ${unseen}`);
    if (cores >= limits.busyCores) return confirmed(words);
    const known = new Set(processes.flatMap((one) => (one.cores === undefined ? [] : one.pod)));
    const running = seen.pods.all.filter(({ runningSince }) => runningSince !== undefined);
    const dark = running.filter(({ name }) => !known.has(name));
    if (dark.length > 0)
      return inconclusive(`${words}; the CPU of ${few(dark.map(({ name }) => name))} is not scraped`);
    return cores < limits.idleCores ? ruledOut(`${words}: it has the time for that`) : inconclusive(words);
  },
  present: true,
  remedies: ['scaleOut', 'lowerNdots'],
};

type Figure = 'full' | 'dropped' | 'lost' | 'raced';

/** The machine with most of it, of those where it is counted. */
function mostOf(conntrack: readonly Machine[], figure: Figure) {
  const rows = conntrack.flatMap((row) =>
    row[figure] === undefined ? [] : [{ at: row.instance, value: row[figure] }],
  );
  return rows.toSorted((a, b) => b.value - a.value || (a.at < b.at ? -1 : 1))[0];
}

/** The one that lost most because its table is full; `undefined`: none did. */
export function losingMost(conntrack: readonly Machine[]) {
  const most = mostOf(conntrack, 'lost');
  return most && Math.round(most.value) > 0 ? most : undefined;
}

/** Every question over UDP takes a row of its node's table of connections, for up to two minutes. */
export const conntrackFull: DnsCause = {
  title: "A node's table of connections is full, or loses questions",
  judge: ({ conntrack }) => {
    const worst = (figure: Figure) => mostOf(conntrack, figure);
    const [full, dropped, lost, raced] = [worst('full'), worst('dropped'), losingMost(conntrack), worst('raced')];
    if (full === undefined) return inconclusive('how full the tables are is not scraped');
    const words = `the fullest table, on ${full.at}, is ${percent(full.value)} full`;
    const gone = Math.round(dropped?.value ?? 0);
    const drops = dropped === undefined ? '' : `; ${gone} dropped within 5 min${gone > 0 ? ` on ${dropped.at}` : ''}`;
    if (lost !== undefined)
      return confirmed(`${words}; ${Math.round(lost.value)} dropped within 5 min on ${lost.at}, whose table is full`);
    if (full.value >= limits.fillingShare || gone > 0) return inconclusive(`${words}${drops}`);
    if (dropped === undefined || raced === undefined)
      return inconclusive(`${words}; what was dropped or lost to a race is not counted`);
    return raced.value >= limits.raced
      ? inconclusive(
          `${words}; but ${Math.round(raced.value)} entries were lost to a race on ${raced.at}: two questions of one socket at once, as A and AAAA are, may wait 5 s`,
        )
      : ruledOut(`${words}${drops}`);
  },
  present: true,
  remedies: ['mendConntrack', 'lowerNdots'],
};
