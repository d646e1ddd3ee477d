import { randomUUID } from 'node:crypto';
import type { Acting, Rules } from '../../engine/acting/desk.ts';
import type { Writer } from '../../engine/action.ts';
import { nodeDirectory } from '../../engine/directory.ts';
import { ReadFailure, Refused } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Source } from '../../engine/readers.ts';
import type { Cluster } from '../../engine/triage.ts';
import { ConfigError } from '../config/error.ts';
import type { Config } from '../config/schema.ts';

export function slackIn({ slack }: Config): NonNullable<Config['slack']> {
  if (!slack) throw new ConfigError('slack is missing in nightshift.yaml: in AWS Lambda there is no console');
  return slack;
}

/** Policy and limits as they were packaged: changing them is a deployment. */
export function rulesIn({ policy, limits }: Config): () => Promise<Rules> {
  const rules = { policy, limits } as Rules;
  return async () => rules;
}

/** Clusters for a function that reaches none: it knows their names, and which alerts are about them. */
export function namesOfClusters({ clusters }: Config, clock: Clock): readonly Cluster[] {
  const source: Source = {
    read: async () => {
      throw new ReadFailure('not-configured', 'this function reaches no cluster');
    },
  };
  return clusters.map(({ name, match }) => ({ name, match, source, nodes: nodeDirectory(source, clock) }));
}

/** Which clusters can be changed, for a function that cannot. */
export function namesOfWriters({ clusters }: Config): ReadonlyMap<string, Writer> {
  const refuse = async () => {
    throw new Refused('NO_WRITER', 'only the function remediate changes clusters');
  };
  const none: Writer = { rehearse: refuse, apply: refuse };
  return new Map(clusters.filter(({ fixer }) => fixer).map(({ name }) => [name, none]));
}

/** Of whoever shows plans and decides nothing. */
export const decidesNothing = {
  people: {
    person: async (id) => ({ id, name: id, standing: 'unknown' }),
    groupMembers: async () => [],
  },
  newId: randomUUID,
} as const satisfies Pick<Acting, 'people' | 'newId'>;
