import { ConfigError } from '../../config/error.ts';
import { readStack, stagesIn } from '../local/stack.ts';
import { functionNames } from '../needs.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const TIMES = 6;

/**
 * Throws `ConfigError` where `serverless.yml`, at any stage, hides messages for less than six times as long as the function
 * that works on them may take: then a message is worked on again while it still is.
 */
export function checkTimes(root: string): void {
  const complaints = Object.entries(stagesIn(root)).flatMap(([stage, params]) => {
    const { functions, hiddenSeconds } = readStack(root, params);
    return functionNames.flatMap((name) => {
      const { source, timeoutSeconds } = functions[name];
      const leastSeconds = timeoutSeconds * TIMES;
      if (!source || hiddenSeconds[source.queue] >= leastSeconds) return [];
      const hidden = `${source.queue}HiddenSeconds is ${hiddenSeconds[source.queue]}`;
      return `serverless.yml: params.${stage}: ${hidden}, and ${name}Seconds ${timeoutSeconds}: it must be at least six times that, ${leastSeconds}`;
    });
  });
  if (complaints.length > 0) throw new ConfigError(complaints.join('\n'));
}
