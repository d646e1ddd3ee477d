import type { Asked } from './status.ts';

/** Who may do what. A bot with too few rights can be practised too. */
export interface Access {
  readonly token: string;
  readonly fixerToken: string;
  /** `nodes`, `pods/eviction` (nothing may be done with it), `patch nodes`, `create pods/eviction` (only that not). */
  readonly forbidden: readonly string[];
}

export interface User {
  readonly name: string;
  /** By a token; whoever has none sees nothing but health and version. */
  readonly isKnown: boolean;
  readonly may: (asked: Asked) => boolean;
}

const GRANTED: Readonly<Record<string, readonly string[]>> = {
  patch: [
    ...['nodes', 'pods', 'deployments', 'statefulsets', 'daemonsets', 'deployments/scale', 'statefulsets/scale'],
    ...['flowschemas', 'prioritylevelconfigurations'],
  ],
  create: ['pods/eviction', 'flowschemas', 'prioritylevelconfigurations'],
  delete: ['pods', 'flowschemas', 'prioritylevelconfigurations'],
};

const READS = ['get', 'list'];

/** What can be done with a resource besides reading it. */
export function verbsFor(resource: string): string[] {
  return Object.keys(GRANTED).filter((verb) => GRANTED[verb]?.includes(resource));
}

/**
 * The reader's role, the fixer's, which may do what a remedy can ask for and no more, or nobody's. `undefined`: a token
 * that is none.
 */
export function userOf(authorization: string | undefined, { token, fixerToken, forbidden }: Access): User | undefined {
  const [, presented] = /^Bearer (.+)$/.exec(authorization ?? '') ?? [];
  const allowed = (asked: Asked) => !forbidden.some((rule) => rule === resourceOf(asked) || rule === ruleOf(asked));
  switch (presented) {
    case undefined:
      return { name: 'system:anonymous', isKnown: false, may: () => false };
    case token:
      return { name: SERVICE_ACCOUNT, isKnown: true, may: (asked) => READS.includes(asked.verb) && allowed(asked) };
    case fixerToken:
      return { name: `${SERVICE_ACCOUNT}-fixer`, isKnown: true, may: (asked) => fixerMay(asked) && allowed(asked) };
    default:
      return undefined;
  }
}

const SERVICE_ACCOUNT = 'system:serviceaccount:nightshift:nightshift';

function fixerMay(asked: Asked): boolean {
  return READS.includes(asked.verb) || (GRANTED[asked.verb]?.includes(resourceOf(asked)) ?? false);
}

function resourceOf({ plural, subresource }: Asked): string {
  return subresource === undefined ? plural : `${plural}/${subresource}`;
}

function ruleOf(asked: Asked): string {
  return `${asked.verb} ${resourceOf(asked)}`;
}
