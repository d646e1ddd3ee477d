import { plural } from '../evidence/node-words.ts';
import type { Answers, ApiCalls, Machine, Process, Upstream } from './metrics.ts';
import type { Pods, PodView } from './pods.ts';
import { few, percent, span } from './words.ts';

const SHOWN = 4;

export function pods({ all, others, more }: Pods): string {
  if (all.length === 0)
    return others > 0 ? `${plural(others, 'pod')} of another DNS than CoreDNS` : 'no pod with k8s-app=kube-dns';
  const ready = all.filter(({ isReady }) => isReady).length;
  const [version] = new Set(all.flatMap((pod) => pod.version ?? []));
  const unready = all.filter(({ isReady }) => !isReady).map(podWords);
  return [
    `${ready} of ${plural(all.length, 'pod')} ready${version ? `, CoreDNS ${version}` : ''}${more ? ', and others' : ''}`,
    ...(unready.length > 0 ? [few(unready, SHOWN)] : []),
  ].join(': ');
}

function podWords({ name, node, phase, waiting, ended, restarts, unscheduled }: PodView): string {
  const state = waiting?.reason ?? (unscheduled ? 'has no node' : phase);
  const how = ended ? `, last ended ${ended.reason || 'Error'} with exit code ${ended.exitCode}` : '';
  return `${name}${node ? ` on ${node}` : ''} ${state}${how}${restarts > 0 ? `, ${plural(restarts, 'restart')}` : ''}`;
}

export function answers({ questions, servfail, nxdomain, p99, panics, refusedReloads }: Answers): string {
  const words = [
    questions === undefined ? undefined : `${questions.toFixed(questions < 10 ? 1 : 0)} questions/s`,
    servfail === undefined ? undefined : `${percent(servfail)} SERVFAIL`,
    nxdomain === undefined ? undefined : `${percent(nxdomain)} NXDOMAIN`,
    p99 === undefined ? undefined : `p99 ${span(p99)}`,
    panics ? plural(Math.round(panics), 'panic') : undefined,
    refusedReloads ? `${plural(Math.round(refusedReloads), 'reload')} refused since they started` : undefined,
  ];
  return words.filter((word) => word !== undefined).join(', ') || 'nothing of it is scraped';
}

export function upstreams(all: readonly Upstream[]): string {
  const words = all.map(({ to, perSecond, servfail, p99, failedChecks }) =>
    [
      `${to || 'an upstream'}:`,
      ...(perSecond === undefined ? [] : [`${perSecond.toFixed(1)} questions/s,`]),
      ...(servfail === undefined ? [] : [`${percent(servfail)} SERVFAIL,`]),
      ...(p99 === undefined ? [] : [`p99 ${span(p99)},`]),
      failedChecks === undefined ? 'checks not counted' : plural(Math.round(failedChecks), 'failed check'),
    ].join(' '),
  );
  return few(words, SHOWN) || 'none is asked';
}

export function apiCalls({ all, refused, unanswered }: ApiCalls): string {
  const count = (value?: number) => (value === undefined ? '?' : String(Math.round(value)));
  return `${count(all)} calls within 5 min, ${count(refused)} refused, ${count(unanswered)} without an answer`;
}

export function processes(all: readonly Process[]): string {
  const words = all.map(({ pod, cores, throttled, memory }) => {
    const figures = [
      cores === undefined ? 'CPU not known' : `${cores.toFixed(2)} cores`,
      ...(throttled === undefined ? [] : [`held back in ${percent(throttled)} of periods`]),
      ...(memory === undefined ? [] : [`${percent(memory)} of its memory limit`]),
    ];
    return `${pod}: ${figures.join(', ')}`;
  });
  return words.slice(0, SHOWN).join('; ') || 'no container of it is scraped';
}

export function conntrack(machines: readonly Machine[]): string {
  const words = machines.map(({ instance, full, dropped, lost, raced }) => {
    const figures = [
      ...(full === undefined ? [] : [`table ${percent(full)} full`]),
      ...(dropped === undefined ? [] : [`${Math.round(dropped)} dropped`]),
      ...(lost === undefined || dropped !== undefined ? [] : [`full, ${Math.round(lost)} dropped`]),
      ...(raced === undefined ? [] : [`${Math.round(raced)} lost to a race`]),
    ];
    return `${instance}: ${figures.join(', ')}`;
  });
  return words.join('; ') || 'no table is scraped';
}
