// All functions in one file, of which the environment names one: what `npm run package` would make without taking apart.
const functions: Readonly<Record<string, () => Promise<{ readonly handler: unknown }>>> = {
  alerts: () => import('../../functions/lambda/alerts.ts'),
  announce: () => import('../../functions/lambda/announce.ts'),
  investigate: () => import('../../functions/lambda/investigate.ts'),
  remediate: () => import('../../functions/lambda/remediate.ts'),
  slack: () => import('../../functions/lambda/slack.ts'),
  tick: () => import('../../functions/lambda/tick.ts'),
};

export const handler = (await functions[process.env.BENCH_FUNCTION ?? '']?.())?.handler;
