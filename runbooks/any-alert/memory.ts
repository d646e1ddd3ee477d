import * as z from 'zod';
import { quantity } from '../../engine/changes/quantity.ts';
import type { Readers } from '../../engine/readers.ts';
import { EVENTS_LIVE_SECONDS, type EventView } from '../evidence/event.ts';
import { conditionOf, nodeObject } from '../evidence/node.ts';
import { nodeEvents } from '../evidence/node-events.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import type { Found } from './among.ts';
import { limits } from './limits.ts';
import { type ContainerView, Pods, readPods } from './pods.ts';
import type { AnyTarget } from './target.ts';

/** Each costs two reads, and one that has memory left is proof enough. */
const MOST_MACHINES = 2;

const Amount = z.object({ memory: z.string().optional() }).default({});
const Memory = z
  .object({
    name: z.string(),
    node: z.intersection(
      nodeObject.schema,
      z
        .object({ status: z.object({ capacity: Amount, allocatable: Amount }) })
        .transform(({ status }) => ({ capacity: status.capacity.memory, allocatable: status.allocatable.memory })),
    ),
    events: nodeEvents.schema,
  })
  .transform(({ name, node, events }) => ({
    name,
    capacity: node.capacity,
    allocatable: node.allocatable,
    isShort: conditionOf(node, 'MemoryPressure')?.status === 'True',
    /**
     * The kernel ran out of memory as a whole, not some cgroup of its (kubernetes, pkg/kubelet/oom/oom_watcher_linux.go). Before
     * 1.21 kubelets said so of any container at its limit (kubernetes#100483): it proves nothing, but casts doubt.
     */
    ooms: events.filter(({ reason }) => reason === 'SystemOOM'),
  }));

/** Of nodes on which a container of the target was ended for its memory; those that are gone are left out. */
export const Memories = z.array(Memory);
export type MemoryView = z.infer<typeof Memory>;

export async function readMemories(
  readers: Readers,
  target: AnyTarget,
  context: Parameters<typeof nodeEvents.read>[2],
): Promise<unknown> {
  const found = Pods.parse(await readPods(readers, target));
  if (!found.named) return [];
  const ended = found.pods.filter(({ containers }) => containers.some(isOutOfMemory));
  const names = [...new Set(ended.flatMap(({ node }) => node ?? []))].slice(0, MOST_MACHINES);
  const all = await Promise.all(
    names.map(async (name) => {
      const node = await readers.kube.find('Node', name);
      if (node === null) return [];
      return [{ name, node, events: await nodeEvents.read(readers, { kind: 'Node', name }, context) }];
    }),
  );
  return all.flat();
}

export function isOutOfMemory({ ended }: ContainerView): boolean {
  return ended?.reason === 'OOMKilled';
}

/** Whose memory had run out when the kernel ended this container: as far as can be told. */
export type Whose =
  | { readonly whose: 'its own'; readonly words: string }
  | { readonly whose: "its machine's"; readonly words: string }
  | { readonly whose?: never; readonly doubt: string };

/** Its own limit is why only if it has one that its machine can hold, and its machine had memory left. */
export function whoseMemory({ pod, container }: Found, memories: () => readonly MemoryView[], now: Date): Whose {
  const limit = container.memoryLimit;
  if (limit === null) return { whose: "its machine's", words: 'which has no memory limit' };
  if (limit === undefined) return { doubt: 'whether it has a memory limit is not told' };
  const machine = memories().find(({ name }) => name === pod.node);
  const on = pod.node ?? 'its machine';
  if (!machine) return { doubt: `whether ${on} had memory left beside its limit of ${limit} was not looked at` };
  if (holds(limit, machine.capacity))
    return { whose: "its machine's", words: `whose limit of ${limit} is more than ${on} has (${machine.capacity})` };
  if (holds(limit, machine.allocatable))
    return { doubt: `its limit of ${limit} is all that ${on} has for pods (${machine.allocatable})` };
  if (machine.isShort) return { doubt: `beside its limit of ${limit} its machine is short of memory as well` };
  const oom = machine.ooms.find((event) => isAt(event, container.ended?.finishedAt));
  if (oom)
    return {
      doubt: `beside its limit of ${limit} ${on} as a whole ran out of memory at ${clockTime(oom.lastSeen)} (${oom.message})`,
    };
  if (!isWithinEvents(container, now))
    return { doubt: `whether ${on} had memory left then, beside its limit of ${limit}, no event tells any more` };
  return { whose: 'its own', words: `at its limit of ${limit}` };
}

/** Whether this is no less than that; `false`: one of them is not told. */
function holds(limit: string, amount: string | undefined): boolean {
  const [wanted, there] = [quantity(limit), amount === undefined ? undefined : quantity(amount)];
  return wanted !== undefined && there !== undefined && wanted >= there;
}

function isAt({ firstSeen, lastSeen }: EventView, finishedAt: string | null | undefined): boolean {
  if (!finishedAt) return true;
  const end = Date.parse(finishedAt);
  const slackMs = limits.slackSeconds * 1000;
  return Date.parse(firstSeen) <= end + slackMs && Date.parse(lastSeen) >= end - slackMs;
}

function isWithinEvents({ ended }: ContainerView, now: Date): boolean {
  return ended?.finishedAt ? secondsSince(ended.finishedAt, now) < EVENTS_LIVE_SECONDS : false;
}

export function showMemories(all: readonly MemoryView[]): string {
  if (all.length === 0) return 'no container was ended for its memory';
  return all
    .map(({ name, capacity, isShort, ooms }) => {
      const last = ooms.at(-1);
      return [
        `${name}${capacity ? ` has ${capacity}` : ''}`,
        isShort ? 'short of memory' : 'no memory pressure',
        last
          ? `out of memory as a whole at ${clockTime(last.lastSeen)}: ${last.message}`
          : 'no SystemOOM in its events',
      ].join(', ');
    })
    .join('; ');
}
