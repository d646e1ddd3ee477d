import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockTime, duration, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { alive, exporterOf, lifeOf, type NodeCause, portOf, trusting, wouldShow } from '../signs.ts';

/** A restart further back than this did not cause what is wrong now. */
const RECENT_SECONDS = 3600;

export const machineDown: NodeCause = {
  title: 'The machine is down, cut off, or was restarted',
  judge: trusting((_seen, maybe, { now }) => {
    const restart = restartOf(maybe, now);
    if (restart) return confirmed(restart);
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing') return alive(life.words, maybe, now);
    const exporter = exporterOf(maybe);
    if (exporter?.up) return ruledOut(exporter.words);
    const port = portOf(maybe);
    if (!port) return wouldShow(maybe, 'up=0 of kubelet and node_exporter alike, or on its console');
    if (port.kind === 'answers' || port.kind === 'half') return ruledOut(port.words);
    if (port.kind === 'refuses' && !exporter) return ruledOut(`${port.words}: something on the machine answers`);
    const witness = exporter?.words ?? 'no node_exporter is scraped, and without that second witness';
    if (port.kind !== 'silent' || !exporter) {
      return inconclusive(
        `${port.words}; ${witness}${exporter ? '' : ' a dead machine and a stuck kubelet look alike'}`,
      );
    }
    return overThere(`${port.words}, ${witness}, and ${life.words}`, exporter.refuses, maybe);
  }),
  remedies: ['cordon', 'checkMachine', 'keepPods'],
};

/** Silence on both ports is the machine's only if Prometheus itself still reaches others. */
function overThere(words: string, exporterRefuses: boolean, { fleet }: Maybe) {
  if (exporterRefuses) return inconclusive(`${words}: something there still refuses connections`);
  const { kubelets, kubeletsDown } = fleet ?? {};
  if (kubelets === undefined || kubeletsDown === undefined) {
    return inconclusive(`${words}; whether Prometheus reaches other nodes could not be seen`);
  }
  const others = `${kubelets - kubeletsDown} of ${kubelets} kubelets answer Prometheus`;
  return kubelets - kubeletsDown > 0 ? confirmed(`${words}; ${others}`) : inconclusive(`${words}; but ${others}`);
}

/** By the kubelet's own event, or by the boot time; a machine that has just joined was not "restarted". */
function restartOf({ events, machine, node }: Maybe, now: Date): string | undefined {
  const event = events?.findLast(({ reason }) => reason === 'Rebooted');
  if (event && secondsSince(event.lastSeen, now) < RECENT_SECONDS) {
    return `it was restarted: event Rebooted at ${clockTime(event.lastSeen)}`;
  }
  if (machine?.bootedAt === undefined || !node) return undefined;
  const bootedAt = new Date(machine.bootedAt * 1000);
  const joinedBefore = bootedAt.getTime() > Date.parse(node.createdAt);
  const ago = secondsSince(bootedAt.toISOString(), now);
  if (!joinedBefore || ago > RECENT_SECONDS) return undefined;
  return `it was restarted: booted at ${clockTime(bootedAt.toISOString())}, ${duration(ago)} ago`;
}
