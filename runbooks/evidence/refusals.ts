import { timeOf } from './log-time.ts';

/**
 * `EAGAIN`, "Resource temporarily unavailable", is what a fork is refused with, and what iptables answers while somebody
 * else holds its lock. The same words, two faults:
 *
 * - `fork/exec /usr/sbin/iptables: resource temporarily unavailable`: no PID for it (kubernetes/kubernetes#88148)
 * - `exit status 4: iptables: Resource temporarily unavailable.`: it ran, and did not get /run/xtables.lock (flannel#988)
 */
export interface Refusal {
  readonly kind: 'fork' | 'lock';
  readonly line: string;
  /** RFC 3339, where the line itself tells; a line without a time proves nothing about now. */
  readonly at?: string;
}

/** Around the words that matter: what comes before them is mostly a path and a command. */
const [LONGEST_BEFORE, LONGEST_AFTER] = [70, 110];
const UNAVAILABLE = /resource temporarily unavailable|\bEAGAIN\b|\[Errno 11\]/i;
const lock = /exit status 4\b|holding the xtables lock|can't lock \S*xtables|failed to acquire \w+ iptables lock/i;
const fork = /\bfork\b|fork\/exec|\brunc\b|pthread_create|clone\(|\bspawn\b|new OS thread|start new thread/i;
/** In these words without EAGAIN: the Go runtime, the JVM, Python. */
const threads = /failed to create new OS thread|unable to create (?:new )?native thread|can't start new thread/i;

/** What this text says was refused; `undefined`: nothing of that kind. `readAt`: of a line of a log, when it was read. */
export function refusalIn(text: string, readAt?: Date): Refusal | undefined {
  const kind = kindOf(text);
  if (kind === undefined) return undefined;
  const at = readAt && timeOf(text, readAt);
  return { kind, line: excerpt(text.trim(), kind === 'lock' ? lock : fork), ...(at ? { at } : {}) };
}

/** From a word on, with single blanks, and without the full stop that a sentence around it brings along. */
export function excerpt(text: string, words: RegExp): string {
  const line = text.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
  const from = Math.max(0, (words.exec(line)?.index ?? 0) - LONGEST_BEFORE);
  const part = line.slice(from, from + LONGEST_BEFORE + LONGEST_AFTER);
  return from > 0 ? `…${part.slice(part.indexOf(' ') + 1)}` : part;
}

function kindOf(text: string): Refusal['kind'] | undefined {
  if (lock.test(text) && (UNAVAILABLE.test(text) || /xtables|iptables lock/i.test(text))) return 'lock';
  return threads.test(text) || (UNAVAILABLE.test(text) && fork.test(text)) ? 'fork' : undefined;
}
