import type { Cause } from '../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut } from '../../engine/verdict.ts';
import { momentOf, plural } from '../evidence/node-words.ts';
import { containerEnds, memoryLimit, nodeMemory, probeEnds } from './ends.ts';
import type { Seen } from './evidence.ts';
import { limits } from './limits.ts';
import { readyAgainWords, troubleOf, troubleOverWords } from './machine.ts';
import { evictedWords } from './pods.ts';
import { cannotStart } from './start.ts';
import type { AnyTarget } from './target.ts';

type AnyCause = Cause<Seen, never, AnyTarget>;

const unscheduled: AnyCause = {
  title: 'No node takes a pod',
  judge: ({ pods }) => {
    if (!pods.named) return inconclusive("the alert's target names no pods, so none was looked at");
    if (pods.pods.length === 0) return inconclusive(pods.gone ? 'it does not exist any more' : 'it has no pods now');
    const waiting = pods.pods.find(({ unscheduled }) => unscheduled?.reason === 'Unschedulable');
    if (waiting) return confirmed(`${waiting.name}: ${(waiting.unscheduled?.message ?? '').slice(0, 200)}`);
    if (pods.more) return inconclusive(`${plural(pods.pods.length, 'pod')} have a node; the others were not looked at`);
    const fresh = pods.pods.find(({ node }) => node === undefined);
    if (!fresh) return ruledOut('all of them have a node');
    // Held back by a gate, or by an error of the scheduler: no node was asked.
    const said = [fresh.unscheduled?.reason, fresh.unscheduled?.message].filter(Boolean).join(': ').slice(0, 200);
    return inconclusive(`${fresh.name} has no node yet: ${said || 'nobody says why'}`);
  },
};

const nodeTrouble: AnyCause = {
  title: 'Its node is in trouble',
  judge: (seen, _maybe, { now, since }) => {
    const { name, node } = seen.machine;
    if (name === null) return inconclusive('the target is on no single node');
    if (node === null) return confirmed(`the node ${name} is gone`);
    const trouble = troubleOf(node);
    if (trouble !== undefined) return confirmed(`${name}: ${trouble}`);
    const again = readyAgainWords(node, since ?? now);
    if (again !== undefined)
      return inconclusive(`${name} is ready now, but only ${again}: it may have been in trouble when that began`);
    const over = troubleOverWords(node, since ?? now) ?? evictedWords(seen.pods);
    return over === undefined
      ? ruledOut(`${name} is ready and under no pressure`)
      : inconclusive(`${name} is well now, but ${over}: it may be why that began`);
  },
};

const newVersion: AnyCause = {
  title: 'Its new version does not become ready',
  judge: ({ versions }, { workload }, { now, since }) => {
    if (versions === null) return inconclusive('only of a Deployment it is known which pods are of which version');
    const [newest, ...older] = versions.filter(({ wanted }, index) => index === 0 || wanted > 0);
    if (newest === undefined) return inconclusive('it has no versions');
    const before = ((since ?? now).getTime() - Date.parse(newest.createdAt)) / 1000;
    const words = `version ${newest.revision} came at ${momentOf(newest.createdAt, now)}`;
    if (newest.wanted > 0 && newest.ready >= newest.wanted) return ruledOut(`${words} and is ready`);
    if (before > limits.changedBeforeSeconds) {
      if (!newest.isTakenAgain) return ruledOut(`${words}, long before it began`);
      const changed = workload?.changed;
      const turned = `${words}, and was turned back to later`;
      if (changed && ((since ?? now).getTime() - Date.parse(changed.at)) / 1000 > limits.changedBeforeSeconds)
        return ruledOut(`${turned}, before ${momentOf(changed.at, now)}: long before it began`);
      return inconclusive(
        `${turned}: ${newest.ready} of ${newest.wanted} are ready${changed ? `, and ${changed.by} changed it at ${momentOf(changed.at, now)}` : ''}`,
      );
    }
    // What came afterwards is what somebody did about it.
    if (since && before < -limits.slackSeconds) return inconclusive(`${words}, after it began`);
    const well = older.find(({ ready }) => ready > 0);
    return newest.ready === 0 && newest.wanted > 0 && well
      ? confirmed(`${words} and has none of ${newest.wanted} ready, while version ${well.revision} still serves`)
      : inconclusive(`${words}: ${newest.ready} of ${newest.wanted} are ready, and no older one to compare it with`);
  },
};

/** In the order a person would suspect them. */
export const causes = {
  newVersion,
  memoryLimit,
  nodeMemory,
  cannotStart,
  unscheduled,
  nodeTrouble,
  probeEnds,
  containerEnds,
};
