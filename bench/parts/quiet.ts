import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ChannelCall } from './channel.ts';

export interface QuietOptions {
  /** Nothing for so long means that everything has been said. */
  readonly quietMs: number;
  readonly deadlineMs: number;
}

/** Waits until the channel has said something since then, and then nothing more for a while; what it said. */
export async function untilQuiet(
  channel: Channel,
  since: number,
  { quietMs, deadlineMs }: QuietOptions,
): Promise<readonly ChannelCall[]> {
  for (;;) {
    const calls = channel.callsSince(since);
    const last = calls.at(-1)?.at;
    const now = performance.now();
    if (last !== undefined && now - last > quietMs) return calls;
    if (now - since > deadlineMs) throw new Error(`the channel was not quiet within ${deadlineMs / 1000} s`);
    await sleep(20);
  }
}
