import { inconclusive } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { duration, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import type { Run } from '../last-words.ts';
import { limits } from '../limits.ts';
import type { StaticPod } from '../pods.ts';
import { freshest, type PlaneCause } from '../seen.ts';
import {
  byLog,
  type Finding,
  hasNoImage,
  instancesDown,
  isEndedByKubelet,
  latestRun,
  ofThoseDown,
  signOf,
} from './start.ts';

const unanswered = {
  ofServer: byLog('unanswered', 'etcd does not answer it; it says'),
  ofOthers: byLog('unanswered', 'no API server answers it; it says'),
};

/** An API server depends on etcd, its own member as a rule; scheduler and controller manager on an API server. */
export function dependency(pod: StaticPod, seen: Seen, maybe: Maybe, now: Date): Finding {
  const run = latestRun(pod, maybe);
  const certificates = ['certificate', 'othersCertificate'] as const;
  const kinds = pod.stopped ? (['flag', ...certificates, 'port', 'lease'] as const) : certificates;
  const other = run && kinds.find((kind) => signOf(kind, pod, run, now));
  if (other) return { isIt: false, words: `${pod.name} says something else: ${OTHERS[other]}` };
  const isServer = pod.component === 'kube-apiserver';
  const found = (isServer ? unanswered.ofServer : unanswered.ofOthers)(pod, seen, maybe, now);
  if (run && found.isIt && !pod.stopped && !isAskingInVain(run, now))
    return {
      isIt: undefined,
      words: `${pod.name} is not Ready, and some server did not answer it lately: whether that is why it does not say`,
    };
  // What an API server that goes on says of etcd are warnings, which are not read; one that its kubelet ends says no more.
  const isUntold = isServer && (!pod.stopped || (isEndedByKubelet(pod) && !hasNoImage(pod)));
  return found.isIt === false && isUntold
    ? { isIt: undefined, words: `whether its etcd answers ${pod.name} could not be seen in what it says` }
    : found;
}

/** About its own lease, at this moment: it asks every two seconds, and says so each time. */
function isAskingInVain({ signs }: Run, now: Date): boolean {
  const last = signs.findLast(({ kind, isOwn }) => kind === 'unanswered' && isOwn);
  return last?.at !== undefined && Math.abs(secondsSince(last.at, now)) <= limits.runOutSeconds;
}

const OTHERS = {
  flag: 'its configuration',
  certificate: 'its certificate',
  othersCertificate: 'it does not accept the certificate of what it depends on',
  port: 'its port is taken',
  lease: 'it lost its lease',
} as const;

const ofInstances = ofThoseDown(dependency);

export const dependencySilent: PlaneCause = {
  title: 'What it depends on does not answer it',
  present: true,
  judge: (seen, maybe, context) => {
    const found = ofInstances(seen, maybe, context);
    if (found.verdict === 'confirmed' || context.target.name !== 'kube-apiserver') return found;
    const fresh = freshest(maybe, serverTime(maybe.readyz, context.now));
    if (seen.readyz.etcd !== false || !fresh) return found;
    return inconclusive(
      `the API server that answered us fails its own check of etcd, while ${fresh.who} wrote ${duration(fresh.ageSeconds)} ago: its member may be away from it, or slow at this moment`,
    );
  },
  measure: instancesDown,
  remedies: ['askDependency', 'askEtcd', 'whatWorksOn', 'whatNotToDo'],
};
