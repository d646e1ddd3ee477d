import { type Measurement, told } from './measurement.ts';
import { type Thing, unpackFunctions } from './parts/functions.ts';
import { median, percentile, spread } from './statistics.ts';

const ROUNDS = 5;
const WARM_UPS = 300;
const EVENTS = 500;

export const lambdaWarm: Measurement = {
  id: 'lambda-warm',
  title: 'The packaged function alerts, warm: what it takes beyond its requests to AWS',
  needs: [],
  async run({ say }) {
    await using functions = await unpackFunctions();
    const took = async (thing: Thing) =>
      functions.run<readonly number[]>('warm-process.mjs', thing, [String(WARM_UPS), String(EVENTS)]);
    await functions.aws.ask({});
    const rounds: { readonly ours: readonly number[]; readonly plain: readonly number[] }[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      say(`round ${round} of ${ROUNDS}`);
      rounds.push({ ours: await took('alerts'), plain: await took('plain-calls') });
    }
    const { asked } = await functions.aws.ask<{ readonly asked: readonly string[] }>({});
    const first = asked.slice(0, asked.indexOf('SendMessageBatch') + 2).filter((name) => name !== 'GetSecretValue');
    const beyond = rounds.map(({ ours, plain }) => median(ours) - median(plain));
    return {
      rows: [
        told(median(beyond), 'ms', {
          what: 'For each event, median',
          note:
            `${spread(beyond, 'ms')} rounds of ${EVENTS}; whole ${median(rounds.map(({ ours }) => median(ours))).toFixed(2)} ms, ` +
            `the same requests (${first.join(', ')}) by Node's own http to the same server ` +
            `${median(rounds.map(({ plain }) => median(plain))).toFixed(2)} ms`,
        }),
        told(median(rounds.map(({ ours }) => percentile(ours, 0.99))), 'ms', {
          what: '… the slowest of a hundred, whole',
          note: 'requests included',
        }),
      ],
      figures: { rounds },
    };
  },
};
