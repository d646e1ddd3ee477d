import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { clockTime, plural } from '../evidence/node-words.ts';
import type { Seen } from './evidence.ts';
import { limits } from './limits.ts';
import { troubleOf } from './machine.ts';
import type { ContainerView, Pods, PodView } from './pods.ts';
import { endWords } from './show.ts';
import type { AnyTarget } from './target.ts';

type Context = JudgeContext<AnyTarget>;
type AnyCause = Cause<Seen, never, AnyTarget>;

interface Found {
  readonly pod: PodView;
  readonly container: ContainerView;
}

/** A container's trouble among the pods the alert is about; what is not looked at is not ruled out. */
function amongContainers(
  pods: Pods,
  is: (container: ContainerView) => boolean,
  words: (found: Found, count: number) => string,
  none: string,
): Verdict {
  if (!pods.named) return inconclusive("the alert's target names no pods, so none was looked at");
  if (pods.pods.length === 0) return inconclusive(pods.gone ? 'it does not exist any more' : 'it has no pods now');
  const found = pods.pods.flatMap((pod) => pod.containers.filter(is).map((container) => ({ pod, container })));
  const [first] = found;
  if (first) return confirmed(words(first, new Set(found.map(({ pod }) => pod.name)).size));
  if (pods.more) return inconclusive(`${none} among ${plural(pods.pods.length, 'pod')}; the others were not looked at`);
  const untold = pods.pods.filter(({ containers, phase }) => containers.length === 0 && phase !== 'Failed');
  return untold.length > 0
    ? inconclusive(`no kubelet has told of ${plural(untold.length, 'pod')} yet`)
    : ruledOut(none);
}

/** It ended again and again, and lately: not once, last week. */
function endsNow({ ended, restarts, ready, waiting }: ContainerView, { now, since }: Context): boolean {
  if (ended === undefined || restarts < limits.restarts) return false;
  const from = (since ?? now).getTime() - limits.endedBeforeSeconds * 1000;
  const isLate = !ended.finishedAt || Date.parse(ended.finishedAt) >= from;
  return isLate && (!ready || waiting !== undefined || Boolean(ended.finishedAt));
}

function also(count: number): string {
  return count > 1 ? `, and so did those of ${plural(count - 1, 'other pod')}` : '';
}

const memoryLimit: AnyCause = {
  title: 'A container outgrows its memory limit',
  judge: ({ pods }, _maybe, context) =>
    amongContainers(
      pods,
      (container) => endsNow(container, context) && container.ended?.reason === 'OOMKilled',
      ({ pod, container }, count) =>
        `${container.name} of ${pod.name} was ended by the kernel (OOMKilled), started anew ${plural(container.restarts, 'time')}${also(count)}`,
      'no container was ended for its memory lately',
    ),
};

const containerEnds: AnyCause = {
  title: 'A container ends by itself, again and again',
  judge: ({ pods }, _maybe, context) =>
    amongContainers(
      pods,
      (container) => endsNow(container, context) && container.ended?.reason !== 'OOMKilled',
      ({ pod, container }, count) =>
        `${container.name} of ${pod.name} ${container.ended ? endWords(container.ended) : 'ended'}, started anew ${plural(container.restarts, 'time')}${also(count)}`,
      'no container has ended by itself again and again lately',
    ),
};

/** Reasons a kubelet gives while it cannot make a container (kubernetes, pkg/kubelet/images/types.go, kuberuntime). */
const unstartable = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

const cannotStart: AnyCause = {
  title: 'A container cannot be started',
  judge: ({ pods }) =>
    amongContainers(
      pods,
      ({ waiting }) => unstartable.has(waiting?.reason ?? ''),
      ({ pod, container }) =>
        `${container.name} of ${pod.name}: ${container.waiting?.reason}${container.waiting?.message ? `, ${container.waiting.message.slice(0, 200)}` : ''}`,
      'no container waits for an image or its configuration',
    ),
};

const unscheduled: AnyCause = {
  title: 'No node takes a pod',
  judge: ({ pods }) => {
    if (!pods.named) return inconclusive("the alert's target names no pods, so none was looked at");
    if (pods.pods.length === 0) return inconclusive(pods.gone ? 'it does not exist any more' : 'it has no pods now');
    const waiting = pods.pods.find(({ unscheduled }) => unscheduled?.reason === 'Unschedulable');
    if (waiting) return confirmed(`${waiting.name}: ${(waiting.unscheduled?.message ?? '').slice(0, 200)}`);
    if (pods.more) return inconclusive(`${plural(pods.pods.length, 'pod')} have a node; the others were not looked at`);
    const fresh = pods.pods.find(({ node }) => node === undefined);
    return fresh
      ? inconclusive(`${fresh.name} has no node yet, and nobody says why`)
      : ruledOut('all of them have a node');
  },
};

const nodeTrouble: AnyCause = {
  title: 'Its node is in trouble',
  judge: ({ machine: { name, node } }) => {
    if (name === null) return inconclusive('the target is on no single node');
    if (node === null) return confirmed(`the node ${name} is gone`);
    const trouble = troubleOf(node);
    return trouble === undefined
      ? ruledOut(`${name} is ready and under no pressure`)
      : confirmed(`${name}: ${trouble}`);
  },
};

const newVersion: AnyCause = {
  title: 'Its new version does not become ready',
  judge: ({ versions }, _maybe, { now, since }) => {
    if (versions === null) return inconclusive('only of a Deployment it is known which pods are of which version');
    const [newest, ...older] = versions.filter(({ wanted }, index) => index === 0 || wanted > 0);
    if (newest === undefined) return inconclusive('it has no versions');
    const before = ((since ?? now).getTime() - Date.parse(newest.createdAt)) / 1000;
    const words = `version ${newest.revision} came at ${clockTime(newest.createdAt)}`;
    if (before > limits.changedBeforeSeconds) return ruledOut(`${words}, long before it began`);
    if (newest.wanted > 0 && newest.ready >= newest.wanted) return ruledOut(`${words} and is ready`);
    // What came afterwards is what somebody did about it.
    if (since && before < -limits.slackSeconds) return inconclusive(`${words}, after it began`);
    const well = older.find(({ ready }) => ready > 0);
    return newest.ready === 0 && newest.wanted > 0 && well
      ? confirmed(`${words} and has none of ${newest.wanted} ready, while version ${well.revision} still serves`)
      : inconclusive(`${words}: ${newest.ready} of ${newest.wanted} are ready, and no older one to compare it with`);
  },
};

/** In the order a person would suspect them. */
export const causes = { newVersion, memoryLimit, cannotStart, unscheduled, nodeTrouble, containerEnds };
