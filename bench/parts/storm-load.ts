import { setTimeout as sleep } from 'node:timers/promises';
import { nodeNotReady, podCrashLooping, webhookOf } from './alerts.ts';
import type { Server } from './server.ts';

export const ALERTS = 1_000;
export const WITHIN_MS = 10_000;

interface Size {
  readonly nodes: readonly { readonly name: string }[];
  readonly pods: number;
  readonly alerts?: number;
}

/** Every node once, and as many pods: a zone goes down. */
export function bodiesOf({ nodes, pods, alerts = ALERTS }: Size): readonly string[] {
  const step = Math.floor(pods / (alerts - nodes.length));
  const ofNodes = nodes.map(({ name }) => nodeNotReady(name));
  const ofPods = Array.from({ length: alerts - nodes.length }, (_, index) => {
    const number = index * step;
    return podCrashLooping('shop', `app-${number % 60}-${number}`);
  });
  const mixed = ofPods.flatMap((pod, index) => {
    const node = index % 4 === 0 ? ofNodes[index / 4] : undefined;
    return node ? [node, pod] : [pod];
  });
  return mixed.map((alert) => webhookOf([alert]));
}

export interface Sent {
  readonly statuses: Readonly<Record<string, number>>;
  /** Of each request, from the moment it was due: a sender that is held up does not hide the delay. */
  readonly answeredMs: readonly number[];
  readonly endedAt: number;
}

/** An open loop: each request goes out at its time, whether or not the ones before it were answered. */
export async function sendAll(server: Server, bodies: readonly string[]): Promise<Sent> {
  const began = performance.now();
  const statuses: Record<string, number> = {};
  const answeredMs = await Promise.all(
    bodies.map(async (body, index) => {
      const due = (index * WITHIN_MS) / bodies.length;
      await sleep(due);
      const status = await server.post(body).catch(() => 'no answer');
      statuses[status] = (statuses[status] ?? 0) + 1;
      return performance.now() - began - due;
    }),
  );
  return { statuses, answeredMs, endedAt: performance.now() };
}
