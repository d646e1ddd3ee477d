import type { ReadFailure } from '../../engine/errors.ts';
import { beforePort } from '../evidence/scrape-targets.ts';
import type { Answer } from './answer.ts';

/** Who listens answers within milliseconds, as does a machine where nobody does. The API server itself gives up after 30 s. */
export const DEADLINE_MS = 3_000;

/** As the API server passes it on: `Get "https://10.0.0.3:10250/containerLogs/…": dial tcp 10.0.0.3:10250: connect: connection refused`. */
const DIALLED = /\bGet "https?:\/\/([^"/]+)\/containerLogs\/[^"]*": dial tcp (\S+): (.+)$/;
const REFUSED = 'connect: connection refused';
const UNREACHED = /^(i\/o timeout|connect: (no route to host|connection timed out|host is down))$/;
/** The kubelet's own words: it could not ask the API server who comes, or knows and does not let it (kubelet, `pkg/kubelet/server/server.go`). */
const OF_THE_KUBELET = /: (?:Internal error occurred: )?((?:Authorization error|Forbidden) \(user=[^)]*\))/;
/** Ours, as long as nothing at all has come back. */
const UNANSWERED = /^gave up waiting for an answer from /;

/**
 * What a log that was not served tells of the kubelet's port for certain. Between it and the API server there may be
 * others (konnectivity, a proxy), who fail in words of their own: of these it tells nothing. `addresses`: the node's own.
 */
export function answerIn({ kind, message }: ReadFailure, addresses: readonly string[]): Answer | undefined {
  if (kind === 'timed-out' && UNANSWERED.test(message))
    return { kind: 'silent', words: `the API server gets no answer from its port within ${DEADLINE_MS / 1000} s` };
  if (kind !== 'server-error') return undefined;
  const own = OF_THE_KUBELET.exec(message)?.[1];
  if (own) return { kind: 'denied', words: `it answers the API server "${own}"` };
  const [, asked = '', dialled = '', end = ''] = DIALLED.exec(message) ?? [];
  if (!isOf(asked, dialled, addresses)) return undefined;
  if (end === REFUSED) return { kind: 'refused', words: `the API server is refused at ${dialled}` };
  return UNREACHED.test(end)
    ? { kind: 'silent', words: `the API server does not reach ${dialled} (${end})` }
    : undefined;
}

/** Whether the address that was dialled is the kubelet's: the API server knows it by that, or by a name, and may dial a proxy. */
function isOf(asked: string, dialled: string, addresses: readonly string[]): boolean {
  if (asked === dialled) return true;
  const port = /:\d+$/.exec(asked)?.[0];
  return addresses.some((address) => `${beforePort(address)}${port}` === dialled);
}
