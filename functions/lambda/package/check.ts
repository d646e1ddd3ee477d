import { ConfigError } from '../../config/error.ts';
import type { Config } from '../../config/schema.ts';
import { functionNames, secretsOf } from '../needs.ts';

/**
 * Throws `ConfigError` with everything in a configuration that cannot work in AWS Lambda, and what to write instead:
 * when it is packaged, and not when the first alert comes.
 */
export function checkForLambda(config: Config, file: string): void {
  const { clusters, slack, alerts } = config;
  const complaints = [
    ...(clusters.length > 0 ? [] : ['clusters is missing: the practice cluster exists in the embedded server only']),
    ...(slack ? [] : ['slack is missing: the console that stands in for it exists in the embedded server only']),
    ...(alerts.token ? [] : ['alerts.token is missing: the function is open to the world']),
    ...clusters.flatMap(({ name, kubernetes }) =>
      'inCluster' in kubernetes ? [`clusters.${name}.kubernetes: inCluster works inside a pod only`] : [],
    ),
    ...secretComplaints(config),
  ];
  if (complaints.length > 0) throw new ConfigError(complaints.map((words) => `${file}: ${words}`).join('\n'));
}

/** What lies in a file would have to lie in the function's code, and an environment variable stands in its settings. */
function secretComplaints(config: Config): readonly string[] {
  const needed = functionNames.flatMap((name) => secretsOf(name, config));
  const elsewhere = needed.filter(({ secret }) => !('secretsManager' in secret)).map(({ where }) => where);
  return [...new Set(elsewhere)].map(
    (where) => `${where}: put it into AWS Secrets Manager, and write { secretsManager: ARN }`,
  );
}
