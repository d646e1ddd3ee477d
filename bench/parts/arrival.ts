import type { Channel } from './channel.ts';
import { untilQuiet } from './quiet.ts';

/** When the parts of one incident reached the channel, in milliseconds after its alert was sent. */
export interface Arrival {
  /** The webhook was answered. */
  readonly answeredMs: number;
  readonly cardMs: number;
  /** The card came to its last state: verdicts instead of a checklist. */
  readonly verdictMs: number;
  /** The last message of the thread. */
  readonly wholeMs: number;
  readonly messages: number;
}

/**
 * Sends one alert about something that has no incident yet, and watches what it becomes in the channel. Nothing for
 * `quietMs` means that all has been said: longer than any run takes between its first card and its verdicts.
 */
export async function arrivalOf(channel: Channel, send: () => Promise<number>, quietMs = 1_200): Promise<Arrival> {
  const began = performance.now();
  const status = await send();
  const answeredMs = performance.now() - began;
  if (status !== 200) throw new Error(`an alert was answered ${status}`);
  const calls = await untilQuiet(channel, began, { quietMs, deadlineMs: 20_000 });
  const cards = calls.filter(({ key }) => key.endsWith('/card'));
  const [first] = cards;
  const [verdict, last] = [cards.at(-1), calls.at(-1)];
  if (!first || !verdict || !last) throw new Error('no card came');
  return {
    answeredMs,
    cardMs: first.at - began,
    verdictMs: verdict.at - began,
    wholeMs: last.at - began,
    messages: calls.filter(({ method }) => method === 'chat.postMessage').length,
  };
}
