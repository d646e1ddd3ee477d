import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural, secondsSince } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import { namesOf } from '../naming.ts';
import type { PodView } from '../pods.ts';
import { selectorWords } from '../service.ts';
import { type DnsCause, ofPods, trusting } from '../signs.ts';
import { few, some } from '../words.ts';

export const notStarted: DnsCause = {
  title: 'Its pods do not start',
  judge: ofPods((pods, _seen, _maybe, now) => {
    const stuck = pods.flatMap((pod) => {
      const why = whyPending(pod, now);
      return why === undefined ? [] : [{ pod, why }];
    });
    const [first] = stuck;
    if (first) return confirmed(`${some(stuck.length, pods.length)}: ${first.pod.name} ${first.why}`);
    const young = pods.filter(({ phase }) => phase === 'Pending');
    return young.length > 0
      ? inconclusive(`${few(young.map(({ name }) => name))}: made less than 5 min ago`)
      : ruledOut(`started: ${plural(pods.length, 'pod')}`);
  }),
  present: true,
  remedies: ['askStart', 'rollBack'],
};

function whyPending({ phase, unscheduled, waiting, createdAt }: PodView, now: Date): string | undefined {
  if (phase !== 'Pending') return undefined;
  if (unscheduled !== undefined) return `has no node: ${unscheduled}`;
  if (waiting && /Err|BackOff|Invalid/.test(waiting.reason))
    return `${waiting.reason}: ${waiting.message.slice(0, 160)}`;
  const age = secondsSince(createdAt, now);
  return age > limits.youngSeconds ? `has been Pending for ${Math.round(age / 60)} min` : undefined;
}

export const nodeSilent: DnsCause = {
  title: 'The nodes under it fall silent',
  judge: ofPods((pods) => {
    const unready = pods.filter(({ isReady, phase }) => !isReady && phase === 'Running');
    const called = unready.filter(({ containersReady }) => containersReady === true);
    if (called.length > 0) {
      const nodes = [...new Set(called.flatMap(({ node }) => node ?? []))];
      return confirmed(
        `${few(called.map(({ name }) => name))}: called not ready although their containers are, as when nobody hears of ${few(nodes)}`,
      );
    }
    if (unready.some(({ containersReady }) => containersReady === undefined))
      return inconclusive('this server does not say whether containers are ready');
    return ruledOut(
      unready.length === 0
        ? `ready: ${plural(pods.length, 'pod')}`
        : `of ${few(unready.map(({ name }) => name))} it is the containers that are not ready`,
    );
  }),
  present: true,
  remedies: ['askNodes'],
};

export const scaledToZero: DnsCause = {
  title: 'It is scaled to zero',
  judge: trusting(({ workload }) => {
    if (workload === null)
      return inconclusive('there is no Deployment kube-system/coredns: something else makes its pods');
    return workload.replicas === 0
      ? confirmed('the Deployment wants 0 replicas')
      : ruledOut(`the Deployment wants ${plural(workload.replicas, 'replica')}`);
  }),
  present: true,
  remedies: ['scaleUp'],
};

/** The Service and its endpoints, apart from whether pods are ready: that has causes of its own. */
export const serviceAstray: DnsCause = {
  title: 'Its Service does not lead to it',
  judge: ofPods((pods, seen, _maybe, now) => {
    const { service, endpoints } = seen;
    if (service === null) {
      const { service: name, chart } = namesOf(seen.pods);
      return chart === undefined && seen.workload === null
        ? inconclusive('there is no Service kube-dns, nor a Deployment coredns: here they have other names')
        : confirmed(`there is no Service kube-system/${name}`);
    }
    const { selector } = service;
    const wanted = Object.entries(selector);
    if (wanted.length === 0) return inconclusive('the Service has no selector: somebody else keeps its endpoints');
    const fitting = pods.filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value));
    if (fitting.length === 0 && endpoints.ready.size > 0)
      return inconclusive(
        `it selects ${selectorWords(selector)}, which none of ${plural(pods.length, 'pod')} has, and leads to ${few([...endpoints.ready].toSorted())}: another DNS, or this one by another name`,
      );
    if (fitting.length === 0)
      return confirmed(`it selects ${selectorWords(selector)}, which none of ${plural(pods.length, 'pod')} has`);
    const ready = fitting.filter(({ isReady, isEnding }) => isReady && !isEnding);
    if (ready.length === 0) return ruledOut(`it selects ${plural(fitting.length, 'pod')}; none of them is ready`);
    const missing = ready.filter(({ name }) => !endpoints.ready.has(name));
    if (missing.length === 0) return ruledOut(`none of ${plural(ready.length, 'ready pod')} is missing in it`);
    const long = missing.filter(
      ({ readyChangedAt }) => !readyChangedAt || secondsSince(readyChangedAt, now) > limits.settledSeconds,
    );
    const words = `${few(missing.map(({ name }) => name))}: ready, and no endpoint`;
    return long.length === 0
      ? inconclusive(`${words} yet: it was made ready within the last minute`)
      : confirmed(`${words}: the controller manager does not keep the EndpointSlices`);
  }),
  present: true,
  remedies: ['mendService'],
};
