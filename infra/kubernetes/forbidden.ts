import type { User } from '@kubernetes/client-node/dist/config_types.js';
import { credentialAdvice } from './advice.ts';

/** What was asked for, in words and as the rule that would allow it. */
export interface Wanted {
  /** `list pods in namespace shop` */
  readonly words: string;
  /** A Role there would do. */
  readonly namespace?: string;
  readonly rule: string;
}

/** A 403 in the words of the person who can mend it; `said` is the API server's sentence. */
export function forbidden(
  said: string,
  wanted: Wanted,
  user: User,
): { readonly message: string; readonly remedy: string } {
  const who = /User "([^"]*)"/.exec(said)?.[1] ?? 'this user';
  if (who === 'system:anonymous') {
    const message = `the API server saw no credentials it accepts (the request counted as ${who})`;
    return { message, remedy: credentialAdvice(user).remedy };
  }
  const name = who.replace(/^system:serviceaccount:([^:]+):/, 'ServiceAccount $1/');
  const role =
    wanted.namespace === undefined ? 'a ClusterRole' : `a Role in namespace ${wanted.namespace}, or a ClusterRole,`;
  return { message: `${name} may not ${wanted.words}`, remedy: `# rule of ${role} bound to ${name}\n${wanted.rule}` };
}

/** A 403 that no API server wrote. */
export function refusedOnTheWay(host: string, said: string): { readonly message: string; readonly remedy: string } {
  return {
    message: `${host} answered 403, but not as an API server does: ${said}`,
    remedy:
      'A proxy, firewall or load balancer in front of the API server refuses this machine; RBAC is not the reason.',
  };
}
