import { didYouMean } from '../../../infra/local/nearest.ts';
import { ConfigError } from '../../config/error.ts';
import { logLevels } from '../environment.ts';
import { stagesIn } from '../local/stack.ts';

/**
 * The longest name of a stage: what is longest of all that it is part of, `nightshift-STAGE-ap-southeast-1-investigate`, is
 * the name of a role, and IAM takes 64 characters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const STAGE = /^[a-zA-Z][a-zA-Z0-9-]{0,25}$/;

/**
 * Throws `ConfigError` for parameters in `serverless.yml`, of any stage, with which functions would not start or CloudFormation
 * would stop halfway: a log level or a number that is none, a name that nothing reads, a stage whose name is too long.
 */
export function checkParams(root: string): void {
  const stages = stagesIn(root);
  const known = Object.keys(stages.default ?? {});
  const complaints = Object.entries(stages).flatMap(([stage, params]) => [
    ...(STAGE.test(stage)
      ? []
      : [`serverless.yml: params.${stage}: a stage is called by at most 26 letters, digits and hyphens`]),
    ...Object.entries(params).flatMap(([name, value]) => {
      const where = `serverless.yml: params.${stage}.${name}`;
      if (!known.includes(name)) return [`${where}: nothing reads it${didYouMean(name, known)}`];
      const wrong = name === 'logLevel' ? levelComplaint(value) : numberComplaint(value);
      return wrong === undefined ? [] : [`${where}: ${wrong}`];
    }),
  ]);
  if (complaints.length > 0) throw new ConfigError(complaints.join('\n'));
}

function levelComplaint(value: unknown): string | undefined {
  return logLevels.some((level) => level === value) ? undefined : `it takes ${logLevels.join(', ')}`;
}

/** What another file says (`${file(…)}`) is not known here. */
function numberComplaint(value: unknown): string | undefined {
  if (typeof value === 'string' && value.startsWith('${')) return undefined;
  return Number.isSafeInteger(value) && Number(value) > 0 ? undefined : 'it takes a whole number above zero';
}
