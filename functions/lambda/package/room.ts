import { counted } from '../../../engine/words.ts';
import { grantedCharacters } from '../../../infra/aws/package/grants.ts';
import type { Config } from '../../config/schema.ts';
import { functionNames } from '../needs.ts';
import { grantsOf } from './plan.ts';

/**
 * What a function's own statements (`infra/aws/stack/roles.yml`) leave of the 10,240 characters that all policies within one
 * role may have. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const ROOM = 7_500;

/** More clusters than one role can name: CloudFormation would stop at it, halfway. */
export function roomComplaints(config: Config): readonly string[] {
  const full = functionNames.filter((name) => grantedCharacters(grantsOf(name, config)) > ROOM);
  if (full.length === 0) return [];
  const clusters = counted(config.clusters.length, 'cluster');
  return [
    `clusters: the secrets and roles of ${clusters} do not fit into the policy of ${full.join(' and ')}: deploy a second stack for some of them (--stage), or keep several tokens as members of one secret (key)`,
  ];
}
