import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Evidence } from '../../engine/runbook.ts';

/**
 * How the address that we use for the API server met one small request. That nobody answered is an observation here, of
 * our own way to it; only together with others' does it say anything about the API servers.
 */
export type Reach =
  | { readonly state: 'answers'; readonly words: string }
  | { readonly state: 'silent'; readonly words: string };

const Schema = z.object({ state: z.enum(['answers', 'silent']), words: z.string() });

/** Nobody answered: refused, no route, a name without an address, TLS that fails; or a connection that stays silent. */
const nobody: readonly ReadFailure['kind'][] = ['unreachable', 'timed-out'];

/** The same request as the API server's own checks: it is made once. */
export const reach: Evidence<Reach, unknown> = {
  title: 'Our own way to the API server',
  schema: Schema,
  reads: ['probe /readyz'],
  read: async ({ kube }) => {
    try {
      const { status } = await kube.probe('/readyz?verbose');
      return { state: 'answers', words: `it answered HTTP ${status}` };
    } catch (thrown) {
      if (thrown instanceof ReadFailure && nobody.includes(thrown.kind)) {
        return { state: 'silent', words: thrown.message };
      }
      // Whoever refuses us answers.
      if (thrown instanceof ReadFailure && (thrown.kind === 'forbidden' || thrown.kind === 'unauthorized')) {
        return { state: 'answers', words: `it answered: ${thrown.kind}` };
      }
      throw thrown;
    }
  },
  show: ({ state, words }) => (state === 'answers' ? words : `no answer: ${words}`),
};
