import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { limits } from '../limits.ts';
import { freshest, type PlaneCause } from '../seen.ts';
import { aboutOf } from '../target.ts';

const { standsStill, worksOn } = aboutOf('kube-apiserver');

/**
 * Our own request and a failed scrape are each one way that may be broken: only together, from two places, do they prove
 * that nobody answers; and only if Prometheus reaches their machines, or several others. A kubelet's own scrape fails with
 * the API server, too: it asks it who may scrape (measured).
 */
export const apiServersDown: PlaneCause = {
  title: 'No API server answers',
  present: true,
  judge: (seen, maybe, { target }) => {
    const { state, words } = seen.reach;
    if (state === 'answers') return ruledOut(`${words} to us`);
    if (answered(maybe)) return inconclusive(`we got no answer to one request (${words}), and to others we did`);
    const { all, up, share, reaches, doubt } = othersOf(maybe, target.name);
    if (up > 0 && doubt)
      return inconclusive(`we get no answer (${words}); ${up} of ${all} answered Prometheus, ${doubt}`);
    if (up > 0) return ruledOut(`${up} of ${all} answer Prometheus; only the way to them does not work`);
    if (all === 0) return inconclusive(`we get no answer (${words}); ${withoutTargets(share)}`);
    if (!reaches) return inconclusive(`we get no answer (${words}), and ${CUT_OFF}`);
    return confirmed(
      `we get no answer (${words}), none of ${all} answers Prometheus${clientsWords(share)}. Meanwhile ${standsStill}. What works on: ${worksOn}`,
    );
  },
  remedies: ['findApiServers', 'whatWorksOn'],
};

export const wayBlocked: PlaneCause = {
  title: 'The API servers run, and the address that is asked does not lead there',
  present: true,
  judge: (seen, maybe, { target }) => {
    const { state, words } = seen.reach;
    if (state === 'answers') return ruledOut(`the address that we ask leads there: ${words}`);
    if (answered(maybe)) return inconclusive(`we got no answer to one request (${words}), and to others we did`);
    const { all, up, share, reaches, doubt, before } = othersOf(maybe, target.name);
    if (up > 0 && doubt)
      return inconclusive(`we get no answer (${words}); ${up} of ${all} API servers answered Prometheus, ${doubt}`);
    if (up > 0)
      return confirmed(
        `we get no answer (${words}), nor did ${before} of its clients' requests two minutes ago and before, while ${up} of ${all} API servers answer Prometheus since`,
      );
    if (all === 0) return inconclusive(`we get no answer (${words}); ${withoutTargets(share)}`);
    return reaches
      ? ruledOut(`none of ${all} API servers answers Prometheus either`)
      : inconclusive(`we get no answer (${words}), and ${CUT_OFF}`);
  },
  remedies: ['mendTheWay'],
};

/** Scheduler and controller manager end themselves when they cannot renew for 10 s (measured: both, within 15 s). */
export const etcdLost: PlaneCause = {
  title: 'etcd does not answer, and the control plane stands still with it',
  present: true,
  judge: (seen, maybe, { now }) => {
    const fresh = freshest(maybe, now);
    if (maybe.readyz === undefined && fresh) return ruledOut(writtenWords(fresh));
    const { etcd } = seen.readyz;
    if (etcd === false && fresh) {
      return ruledOut(
        `${writtenWords(fresh)}, so etcd takes writes. The API server that answered us fails its own check of it: it may have lost its member`,
      );
    }
    if (etcd === false) {
      return confirmed(
        "the API server's etcd check fails (it waits 2 s). No write succeeds: leases run out, and scheduler and controller manager end themselves; what is read is an old copy. Running pods and Services work on",
      );
    }
    if (etcd === true) return ruledOut("the API server's etcd check passes");
    return fresh ? ruledOut(writtenWords(fresh)) : inconclusive('the API server lists no check of etcd');
  },
  remedies: ['askEtcd', 'whatWorksOn'],
};

function writtenWords({ who, ageSeconds }: { readonly who: string; readonly ageSeconds: number }): string {
  return `${who} wrote its lease ${ageSeconds <= 0 ? 'just now' : `${duration(ageSeconds)} ago`}`;
}

function answered({ readyz, elections, pods, machines }: Maybe): boolean {
  return [readyz, elections, pods, machines].some((one) => one !== undefined);
}

const CUT_OFF = 'Prometheus gets none of other machines either, or of too few to tell: it may be cut off itself';

/** Clients go through the same address as we do, most of them, and what they counted in five minutes may be of before. */
function withoutTargets(share: number): string {
  return `whether the API servers run, or only the address does not lead there, could not be seen${clientsWords(share)}`;
}

function clientsWords(share: number): string {
  return Number.isNaN(share)
    ? ''
    : `, and ${percent(share)} of its clients' requests got no answer within five minutes`;
}

/** Others' ways: Prometheus' own to each API server, whether it reaches machines, and the share of requests unanswered. */
function othersOf({ scrapes, work }: Maybe, name: string) {
  const own = name === 'kube-apiserver' ? (scrapes?.now ?? []) : [];
  const { apiUp, apiAll, apiMachinesSilent, machinesUp = 0 } = work ?? {};
  const counted = apiUp === undefined || apiAll === undefined ? { all: 0, up: 0 } : { all: apiAll, up: apiUp };
  return {
    ...(own.length > 0 ? { all: own.length, up: own.filter(({ up }) => up === 1).length } : counted),
    reaches: apiMachinesSilent === 0 || machinesUp >= limits.machinesReached,
    share: work?.unanswered ?? Number.NaN,
    doubt: doubtOf(work),
    before: percent(work?.unansweredBefore ?? Number.NaN),
  };
}

/**
 * Why an answer that Prometheus got says nothing of now: it was scraped before we asked, and who hangs since looks the same.
 * Only where clients got no answers before that scrape, either, did the API servers work while the way to them did not.
 */
function doubtOf({ apiAnsweredAgo: age, unansweredBefore }: Partial<Seen['work']> = {}): string | undefined {
  const when = `the last time ${age === undefined ? 'at an unknown time' : `${duration(age)} ago`}`;
  if (age === undefined || age > limits.answerOldSeconds) return `${when}: they may have fallen silent since`;
  if (unansweredBefore !== undefined && unansweredBefore >= limits.unansweredShare) return undefined;
  const others =
    unansweredBefore === undefined
      ? 'whether its clients got answers before that could not be seen'
      : 'its clients got answers before that';
  return `${when}, and ${others}: they may have fallen silent since, which the next scrapes tell`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
