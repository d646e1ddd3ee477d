import type { MemberWorld, World } from './world.ts';

/** Somebody listens there, and does not take the certificate Prometheus shows. */
export function refuseScrapes(member: MemberWorld, why = 'remote error: tls: bad certificate'): void {
  Object.assign(member.members, { up: 0, scrapeSeconds: 0.004, hasLeader: undefined, leads: undefined });
  Object.assign(member.space, { puts: undefined, refused: undefined });
  Object.assign(member.pod, { runs: true, ready: true });
  member.lastError = `Get "https://${member.host}:2379/metrics": ${why}`;
}

/** It goes on, and offers its metrics where Prometheus does not come to: on the loopback address, as kubeadm would have it. */
export function moveMetrics(member: MemberWorld): void {
  Object.assign(member.members, { up: 0, scrapeSeconds: 0.001, hasLeader: undefined, leads: undefined });
  Object.assign(member.space, { puts: undefined, refused: undefined });
  Object.assign(member.pod, { runs: true, ready: true });
  member.pod.flags = member.pod.flags.map((flag) => flag.replace('0.0.0.0:2381', '127.0.0.1:2381'));
}

/** Prometheus comes to the port of etcd's clients. */
export function scrapeAsClient({ members }: World): void {
  for (const member of members) member.port = 2379;
}

/** Ends a member (or stops it): its scrape fails after this many seconds, and the others are no longer connected to it. */
export function lose(made: World, lost: MemberWorld, scrapeSeconds: number): void {
  Object.assign(lost.members, { up: 0, scrapeSeconds, hasLeader: undefined, leads: undefined });
  Object.assign(lost.space, { puts: undefined, refused: undefined });
  if (scrapeSeconds < 0.5) Object.assign(lost.pod, { runs: false, ready: false });
  for (const member of made.members.filter(({ etcd }) => etcd === lost.etcd))
    member.peersTo[lost.id] = { active: 0, failures: 98, tried: 98, rttP99: 1.6, rttMean: 0.66 };
}
