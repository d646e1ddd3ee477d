import { defaultBudget } from '../../../engine/budget.ts';
import { queueNames } from '../../../engine/ports.ts';
import { keptDays, maxReceives } from '../../../infra/aws/queue/attempts.ts';
import { ConfigError } from '../../config/error.ts';
import { readStack, stagesIn } from '../local/stack.ts';
import { type FunctionName, functionNames, longestStepMs } from '../needs.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const TIMES = 6;
/** With a day to spare. */
const longestSeconds = Math.floor(((keptDays - 1) * 86_400) / maxReceives);

interface Least {
  readonly seconds: number;
  readonly why: string;
}
const least: Partial<Readonly<Record<FunctionName, Least>>> = {
  investigate: {
    seconds: (2 * defaultBudget.totalMs) / 1_000,
    why: `one look may take ${defaultBudget.totalMs / 1_000} seconds, and waits for another`,
  },
  // Half of the time is left for what has begun: `stopMs` in functions/lambda/worker.ts.
  remediate: {
    seconds: (2 * longestStepMs) / 1_000,
    why: `one step of a plan may take ${longestStepMs / 1_000} seconds, and none is begun that would be stopped in the middle`,
  },
};

/**
 * Throws `ConfigError` where `serverless.yml`, at any stage, hides messages for less than six times as long as the function
 * that works on them may take: then a message is worked on again while it still is; or for so long that SQS forgets one
 * which nobody answers for before it becomes a dead letter; or where a function has less time than what it does may take.
 */
export function checkTimes(root: string): void {
  const complaints = Object.entries(stagesIn(root)).flatMap(([stage, params]) => {
    const { functions, hiddenSeconds } = readStack(root, params);
    const tooLong = queueNames.flatMap((queue) =>
      hiddenSeconds[queue] <= longestSeconds
        ? []
        : [
            `serverless.yml: params.${stage}: ${queue}HiddenSeconds is ${hiddenSeconds[queue]}: it must be at most ${longestSeconds}, or SQS forgets a message after ${keptDays} days before it has delivered it ${maxReceives} times, and it never becomes a dead letter`,
          ],
    );
    const tooShort = functionNames.flatMap((name) => {
      const { source, timeoutSeconds } = functions[name];
      const leastSeconds = timeoutSeconds * TIMES;
      if (!source || hiddenSeconds[source.queue] >= leastSeconds) return [];
      const hidden = `${source.queue}HiddenSeconds is ${hiddenSeconds[source.queue]}`;
      return `serverless.yml: params.${stage}: ${hidden}, and ${name}Seconds ${timeoutSeconds}: it must be at least six times that, ${leastSeconds}`;
    });
    const tooLittle = functionNames.flatMap((name) => {
      const { seconds, why } = least[name] ?? { seconds: 0, why: '' };
      const { timeoutSeconds } = functions[name];
      if (timeoutSeconds >= seconds) return [];
      return `serverless.yml: params.${stage}: ${name}Seconds is ${timeoutSeconds}: it must be at least ${seconds}, since ${why}`;
    });
    return [...tooShort, ...tooLong, ...tooLittle];
  });
  if (complaints.length > 0) throw new ConfigError(complaints.join('\n'));
}
