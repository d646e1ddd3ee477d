import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultBudget } from '../engine/budget.ts';
import type { AnyRunbook } from '../engine/runbook.ts';
import { worlds } from '../infra/local/practice/worlds/index.ts';
import { catalog } from '../runbooks/catalog.ts';
import type { Matrix } from '../test/runbooks/diagnosis/matrix.ts';
import { matrices, page } from '../test/runbooks/diagnosis/page.ts';
import { all, atMost, type Measurement, notMeasured, quantity, type Row, told } from './measurement.ts';
import { arrivalOf } from './parts/arrival.ts';
import { openChannel } from './parts/channel.ts';
import { startPractice } from './parts/practice.ts';
import { startServer } from './parts/server.ts';
import { replayedSlowly, richestCase } from './parts/slow-case.ts';
import { median, spread } from './statistics.ts';

const LATENCY_MS = 20;
const ROUNDS = 3;
/** A run of many reads on a busy machine says nothing for over a second. */
const QUIET_MS = 3_000;

/** One diagnosis. Calls and bytes are those of its run, the slowest chain of reads as the report has it. */
interface Sample {
  readonly runbook: string;
  /** The world of the practice cluster, or the recorded case where no world shows it. */
  readonly shownBy: string;
  /** From the alert to the card with the verdicts; of a recorded case, the run alone. */
  readonly verdictMs: number;
  readonly chainMs: number;
  readonly kubernetesCalls: number;
  readonly prometheusQueries: number;
  readonly bytes: number;
}

export const diagnosis: Measurement = {
  id: 'diagnosis',
  title: `Every runbook: from the alert to the diagnosis when every answer takes ${LATENCY_MS} ms longer, and how often it is right`,
  needs: ['setpriv'],
  async run({ say, nodeArgs }) {
    const right = await matrices();
    process.stdout.write(`${page(right)}\n`);
    const samples: Sample[] = [];
    await using practice = await startPractice({ nodes: 200, podsPerNode: 15, latencyMs: LATENCY_MS });
    await using channel = await openChannel();
    const shown = catalog.flatMap(({ id }) => ({ id, world: worldOf(id) ?? '' })).filter(({ world }) => world !== '');
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      await using server = await startServer({ ...practice, channel, nodeArgs });
      // Another one first in each round: the first finds no connection open, and nothing compiled.
      for (const { id, world } of [...shown.slice(round), ...shown.slice(0, round)]) {
        await practice.setWorld(world === CRASH_LOOP ? 'quiet' : world);
        const body = world === CRASH_LOOP ? crashLoop() : await practice.alertFor(world);
        const { verdictMs, messages } = await arrivalOf(channel, () => server.post(body), QUIET_MS);
        const cost = (await server.accounts()).incidents.find(({ runbook }) => runbook === id)?.report?.cost;
        if (!cost) throw new Error(`the alerts of ${world} led to no report of ${id}`);
        if (verdictMs < cost.elapsedMs) throw new Error(`the run of ${id} took longer than its card was watched`);
        samples.push({ runbook: id, shownBy: world, verdictMs, chainMs: cost.slowestChainMs, ...cost });
        await sleep(messages * 1_000); // Slack takes a message a second
      }
    }
    for (const runbook of catalog.filter(({ id }) => worldOf(id) === undefined)) {
      const recorded = richestCase(runbook);
      for (let round = 0; recorded !== undefined && round < ROUNDS; round += 1) {
        const { report, runMs } = await replayedSlowly(runbook, recorded.one, LATENCY_MS);
        const { slowestChainMs: chainMs, ...cost } = report.cost;
        samples.push({ runbook: runbook.id, shownBy: `case ${recorded.name}`, verdictMs: runMs, chainMs, ...cost });
      }
    }
    return {
      rows: [...catalog.flatMap((runbook) => timesOf(runbook, samples)), ...right.flatMap(rightRows)],
      figures: { samples, cases: right.map(({ id, totals }) => ({ runbook: id, ...totals })) },
    };
  },
};

/** `any-alert` has no world of its own: every practice cluster has this pod, and the tutorial this alert. */
const CRASH_LOOP = 'docs/crash-looping-webhook.json';

function worldOf(runbook: string): string | undefined {
  if (runbook === 'any-alert') return CRASH_LOOP;
  return worlds.find((world) => world.runbook === runbook)?.id;
}

/** The alert of the tutorial, as if it had begun half an hour ago. */
function crashLoop(): string {
  const text = readFileSync(new URL(`../${CRASH_LOOP}`, import.meta.url), 'utf8');
  return text.replace(/"startsAt": "[^"]+"/, `"startsAt": "${new Date(Date.now() - 1_800_000).toISOString()}"`);
}

function timesOf({ id, budget }: AnyRunbook, all: readonly Sample[]): Row[] {
  const samples = all.filter(({ runbook }) => runbook === id);
  const [first] = samples;
  if (!first) return [notMeasured(id, 'neither a world of the practice cluster nor a case shows it yet')];
  const of = (figure: (sample: Sample) => number) => median(samples.map(figure));
  const [chain, verdict, calls] = [
    of(({ chainMs }) => chainMs),
    of(({ verdictMs }) => verdictMs),
    of(({ kubernetesCalls }) => kubernetesCalls),
  ];
  const what = first.shownBy.startsWith('case ') ? 'the run alone' : 'to the card with the verdicts';
  return [
    {
      what: `${id}: alert → diagnosis`,
      ours: quantity(verdict, 'ms'),
      bar: quantity(chain, 'ms'),
      ratio: verdict / chain,
      met: verdict <= 1.2 * chain + 100 ? 'yes' : 'no',
      note: `${first.shownBy}; ${what}, median, ${spread(
        samples.map(({ verdictMs }) => verdictMs),
        'ms',
      )}; bar: its slowest chain of reads, met within 1.2 × that + 100 ms`,
    },
    atMost(calls, budget?.kubernetesCalls ?? defaultBudget.kubernetesCalls, '', {
      what: '… calls to Kubernetes',
      note: `and ${of(({ prometheusQueries }) => prometheusQueries)} queries to Prometheus, ${quantity(of(({ bytes }) => bytes) / 1_000, 'kB')} in all`,
    }),
  ];
}

function rightRows({ id, outcomes, totals }: Matrix): Row[] {
  if (totals.cases === 0) return [];
  const faultless = outcomes.filter(({ wrong, falselyRuledOut }) => wrong.length + falselyRuledOut.length === 0);
  return [
    all(faultless.length, totals.cases, {
      what: `${id}: cases without a fault`,
      note: `${totals.wrong} wrongly confirmed, ${totals.ruledOut} wrongly ruled out (docs/diagnosis.md)`,
    }),
    told(totals.named, '', {
      what: '… true causes named',
      note: `of ${totals.causes}; ${totals.open} left open, ${totals.unseen} of these with their evidence taken away`,
    }),
  ];
}
