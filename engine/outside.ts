import type { Answer, ReadRequest } from './readers.ts';
import { redact, redactLines } from './redact.ts';

/** These answer with names and figures, and are not cut. */
const figures: ReadonlySet<ReadRequest['verb']> = new Set(['incidents', 'query', 'range', 'kubelet']);
/** Fields in which Kubernetes, and what runs in it, tells people something in words of its own. */
const WORDS: ReadonlySet<string> = new Set(['message', 'note', 'lastError', 'text']);

/**
 * What was answered, with the secrets in its prose masked: lines of logs, messages of events, conditions and containers,
 * texts of probes. This happens here, where it comes in and is whole, because what is shown of it is cut: a password that
 * lost its end, or the last lines of a private key, look like nothing.
 */
export function fromOutside(answer: Answer, request: ReadRequest): Answer {
  if (figures.has(request.verb)) return answer;
  const partial = answer.partial === undefined ? {} : { partial: redact(answer.partial) };
  const body = typeof answer.body === 'string' ? redactLines(answer.body) : prose(answer.body);
  return { ...answer, body, ...partial };
}

/** The same value, and the same object wherever nothing in it had to be masked: answers are large. */
function prose(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const known = value as Readonly<Record<string, unknown>>;
  let masked: Record<string, unknown> | undefined;
  for (const key of Object.keys(known)) {
    const inner = known[key];
    const told = typeof inner === 'string' ? wordsAt(key, inner) : prose(inner);
    if (told === inner) continue;
    masked ??= (Array.isArray(value) ? [...value] : { ...known }) as Record<string, unknown>;
    masked[key] = told;
  }
  return masked ?? value;
}

function wordsAt(key: string, text: string): string {
  return WORDS.has(key) ? redact(text) : text;
}
