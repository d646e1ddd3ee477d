import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { limits } from '../limits.ts';
import { type DnsCause, noPods } from '../signs.ts';
import { percent } from '../words.ts';

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
      return most.throttled < limits.calmShare ? ruledOut(words) : inconclusive(words);
    }
    const { all } = seen.pods;
    if (all.length === 0) return inconclusive(noPods(seen.pods));
    const limited = all.find((pod) => pod.limits.cpu !== undefined);
    return limited === undefined
      ? ruledOut('no container of it has a limit of CPU')
      : inconclusive(
          `${limited.name} has a limit of CPU (${limited.limits.cpu}); how often it holds it back is not scraped`,
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
  judge: ({ answers, processes }) => {
    const { nxdomain } = answers;
    if (nxdomain === undefined) return inconclusive('how its answers divide is not counted');
    const share = `${percent(nxdomain)} of its answers are NXDOMAIN`;
    const cores = Math.max(...processes.flatMap((one) => one.cores ?? []));
    if (!Number.isFinite(cores)) return inconclusive(`${share}; how busy it is is not scraped`);
    const held = Math.max(0, ...processes.flatMap(({ throttled }) => throttled ?? []));
    const words = `${share}, and the busiest pod uses ${cores.toFixed(2)} cores`;
    if (nxdomain < limits.searchShare) return ruledOut(`${share} (limit 60 %)`);
    if (held >= limits.calmShare)
      return inconclusive(`${words}: a part of what fills its CPU limit; first see to that`);
    if (cores < limits.idleCores) return ruledOut(`${words}: it has the time for that`);
    return cores >= limits.busyCores ? confirmed(words) : inconclusive(words);
  },
  present: true,
  remedies: ['scaleOut', 'lowerNdots'],
};

/** Every question over UDP takes a row of its node's table of connections, for up to two minutes. */
export const conntrackFull: DnsCause = {
  title: "A node's table of connections is full, or loses questions",
  judge: ({ conntrack }) => {
    const worst = (figure: 'full' | 'dropped' | 'raced') => {
      const rows = conntrack.flatMap((row) =>
        row[figure] === undefined ? [] : [{ at: row.instance, value: row[figure] }],
      );
      return rows.toSorted((a, b) => b.value - a.value || (a.at < b.at ? -1 : 1))[0];
    };
    const [full, dropped, raced] = [worst('full'), worst('dropped'), worst('raced')];
    if (full === undefined) return inconclusive('how full the tables are is not scraped');
    const words = `the fullest table, on ${full.at}, is ${percent(full.value)} full`;
    const lost = Math.round(dropped?.value ?? 0);
    const drops = dropped === undefined ? '' : `; ${lost} dropped within 5 min${lost > 0 ? ` on ${dropped.at}` : ''}`;
    if (full.value >= limits.fullShare && lost > 0 && dropped?.at === full.at) return confirmed(`${words}${drops}`);
    if (full.value >= limits.fillingShare || lost > 0) return inconclusive(`${words}${drops}`);
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
