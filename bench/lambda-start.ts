import { atMost, type Measurement, type Row, told } from './measurement.ts';
import { type Measured, measured, type Thing, unpackFunctions } from './parts/functions.ts';
import { median, spread } from './statistics.ts';

const ROUNDS = 10;
/** What somebody who waits does not notice beside the network. */
const MOST_MS: Readonly<Record<Measured, number>> = { alerts: 45, slack: 60, investigate: 150 };
const events: Readonly<Record<Measured, string>> = {
  alerts: 'a webhook of two alerts, stored',
  slack: 'a signed command, queued',
  investigate: 'a webhook of two alerts taken apart, with the clusters opened',
};

interface Sample {
  /** Since the process began. */
  readonly importedMs: number;
  readonly answeredMs: number;
  /** Of all threads. */
  readonly cpuMs: number;
}

export const lambdaStart: Measurement = {
  id: 'lambda-start',
  title: 'Cold start of a packaged function: a fresh Node until its first event is answered, minus bare Node',
  needs: [],
  async run({ say }) {
    await using functions = await unpackFunctions();
    const things: readonly Thing[] = [
      ...(['bare', 'plain-calls', 'one-client'] as const),
      ...measured.flatMap((name): Thing[] => [name, `everything ${name}`]),
    ];
    const samples = new Map<Thing, Sample[]>(things.map((thing) => [thing, []]));
    // Once without looking, so that all files were read; then side by side, because the machine has other things to do.
    for (let round = 0; round <= ROUNDS; round += 1) {
      say(round === 0 ? 'reads all files' : `round ${round} of ${ROUNDS}`);
      for (const thing of things) {
        const sample = await functions.run<Sample>('cold-process.mjs', thing);
        if (round > 0) samples.get(thing)?.push(sample);
      }
    }
    const of = (thing: Thing, get: (sample: Sample) => number) => (samples.get(thing) ?? []).map(get);
    const bare = of('bare', ({ answeredMs }) => answeredMs);
    /** Of one round, because a busy moment makes both slow. */
    const beyond = (thing: Thing) => of(thing, ({ answeredMs }) => answeredMs).map((ms, n) => ms - (bare[n] ?? 0));
    const cpu = (thing: Thing) =>
      Math.round(median(of(thing, ({ cpuMs }) => cpuMs)) - median(of('bare', ({ cpuMs }) => cpuMs)));
    const kB = (bytes: number) => `${Math.round(bytes / 1_000).toLocaleString('en-US')} kB`;

    const rows = measured.flatMap((name): Row[] => {
      const [ours, all] = [beyond(name), beyond(`everything ${name}`)];
      return [
        atMost(median(ours), MOST_MS[name], 'ms', {
          what: `${name}, median`,
          note: `${events[name]}; ${spread(ours, 'ms')}; ${cpu(name)} ms of processor; zip ${kB(functions.zipBytes[name])}`,
        }),
        told(median(all) / median(ours), '×', {
          what: '… one bundle of everything takes',
          note: `${Math.round(median(all))} ms; ${kB(functions.everythingBytes)} of code, of which only this function runs`,
        }),
      ];
    });
    return {
      rows: [
        ...rows,
        told(median(beyond('one-client')), 'ms', {
          what: 'The least with the AWS SDK',
          note: `one client sends one message, bundled as ours are; ${cpu('one-client')} ms of processor`,
        }),
        told(median(beyond('plain-calls')), 'ms', {
          what: 'The least without it',
          note: "three requests with Node's own http, no signature, nothing to do",
        }),
        told(median(bare), 'ms', { what: 'Bare Node, until an empty handler has answered', note: spread(bare, 'ms') }),
      ],
      figures: { samples: Object.fromEntries(samples), zipBytes: functions.zipBytes },
    };
  },
};
