import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import { type AwsAccess, type Limits, secretsLimits } from '../settings.ts';
import { openVault, type Vault } from './vault.ts';

/** A rotated secret is noticed after this long, if nobody says earlier that the old one was refused. */
const freshMs = 300_000;
/** Who has a secret waits so long for a newer one; Slack's window opens within 3 s, or not at all. */
const patienceMs = 300;
/** Somebody who is refused again and again does not make us ask more often than this. */
const atMostEveryMs = 30_000;

/** Where a secret is: the ARN, and the key if the secret is a JSON object. */
export interface SecretReference {
  readonly arn: string;
  readonly key?: string;
}

export interface Secrets {
  /**
   * The secret as it is now, or was a moment ago. Throws `Refused` with what to do when it can never be had, and
   * `TryLater` when it cannot be had now; who has had it before gets that instead.
   */
  read(reference: SecretReference): Promise<string>;
  /**
   * As `read`, asked for anew, unless that was done within half a minute: for whoever is shown what the known one does not fit.
   * Anybody may show us something, so nobody else waits for the answer, however slow it is.
   */
  newest(reference: SecretReference): Promise<string>;
  /**
   * The one before the present one, for whoever is shown what somebody made with it who did not know yet. `undefined`:
   * there is none, or nobody says when it was replaced. Throws `TryLater`.
   */
  before(reference: SecretReference): Promise<Replaced | undefined>;
  /** Who accepted the secret before refuses it: it may have been rotated, and the next one who reads it gets it anew. */
  wasRefused(reference: SecretReference): void;
}

export interface Replaced {
  readonly text: string;
  readonly replacedAt: Date;
}

interface Cached {
  readonly text: string;
  readonly askedAtMs: number;
  /** From then on it is asked for again. */
  readonly staleAtMs: number;
}

export function createSecrets(access: AwsAccess, clock: Clock, limits: Limits = secretsLimits): Secrets {
  const cache = new Map<string, Cached>();
  const suspected = new Set<string>();
  const asking = new Map<string, Promise<string>>();
  const nowMs = () => clock.now().getTime();
  let opened: Vault | undefined;

  function vault(): Vault {
    opened ??= openVault(access, limits);
    return opened;
  }

  const ageMs = ({ askedAtMs }: Cached) => nowMs() - askedAtMs;

  async function refresh(arn: string): Promise<string> {
    const old = cache.get(arn);
    try {
      const { text } = await vault()(arn);
      cache.set(arn, { text, askedAtMs: nowMs(), staleAtMs: nowMs() + freshMs });
      suspected.delete(arn);
      return text;
    } catch (failure) {
      // Also where it was taken from us: nobody makes us ask for that again and again.
      if (old) cache.set(arn, { ...old, askedAtMs: nowMs() });
      if (!old || failure instanceof Refused) throw failure;
      cache.set(arn, { ...old, askedAtMs: nowMs(), staleAtMs: nowMs() + atMostEveryMs });
      return old.text;
    }
  }

  /** Whoever asks while somebody is asking shares the answer. */
  function asked(arn: string): Promise<string> {
    const answer = asking.get(arn) ?? refresh(arn).finally(() => asking.delete(arn));
    asking.set(arn, answer);
    return answer;
  }

  /** What is under suspicion is worth waiting for. */
  function current(arn: string): Promise<string> {
    const known = cache.get(arn);
    if (!known) return asked(arn);
    if (suspected.has(arn) && ageMs(known) >= atMostEveryMs) return asked(arn);
    return nowMs() < known.staleAtMs ? Promise.resolve(known.text) : soonOr(asked(arn), known.text);
  }

  function newest(arn: string): Promise<string> {
    const known = cache.get(arn);
    return known && ageMs(known) < atMostEveryMs ? Promise.resolve(known.text) : asked(arn);
  }

  async function before(reference: SecretReference): Promise<Replaced | undefined> {
    try {
      const { createdAt: replacedAt } = await vault()(reference.arn);
      const { text } = await vault()(reference.arn, 'AWSPREVIOUS');
      return replacedAt && { text: valueIn(text, reference), replacedAt };
    } catch (failure) {
      if (failure instanceof Refused) return undefined;
      throw failure;
    }
  }

  return {
    read: async (reference) => valueIn(await current(reference.arn), reference),
    before,
    newest: async (reference) => valueIn(await newest(reference.arn), reference),
    wasRefused: ({ arn }) => void suspected.add(arn),
  };
}

/** The answer goes on and is there for whoever asks next; what is wrong with it, they are told. */
async function soonOr(answer: Promise<string>, old: string): Promise<string> {
  const over = new AbortController();
  answer.catch(() => {});
  try {
    return await Promise.race([answer, pause(patienceMs, old, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}

/**
 * Without the white space around it: what somebody writes into a file ends with a newline as often as not, and no token
 * has any. No word of the secret itself may come into a message.
 */
function valueIn(text: string, { arn, key }: SecretReference): string {
  const members = membersOf(text);
  const value = key === undefined ? text : members?.[key];
  const unusable = (words: string) => new Refused('SECRET_UNUSABLE', `The secret ${arn} ${words}.`);
  if (typeof value !== 'string') throw unusable(`is no JSON object with a text under "${key}"`);
  if (value.trim() === '') throw unusable(key === undefined ? 'is empty' : `has nothing under "${key}"`);
  // A kubeconfig may be written in JSON.
  if (key === undefined && members && !Array.isArray(members) && !('clusters' in members)) {
    throw unusable('is a JSON object: name the member that is meant, { secretsManager: ARN, key: NAME }');
  }
  return value.trim();
}

function membersOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
