import type { Plan } from '../engine/plan.ts';
import { practiceUsers } from '../infra/local/console/practice-users.ts';
import { until } from '../test/harness/until.ts';
import { all, type Measurement, type Row, told } from './measurement.ts';
import { nodeNotReady, webhookOf } from './parts/alerts.ts';
import { type Channel, openChannel } from './parts/channel.ts';
import type { Lab } from './parts/lab.ts';
import { personAt } from './parts/person.ts';
import { type Server, startServer } from './parts/server.ts';
import { median, spread } from './statistics.ts';

/** A fourth incident about a node within a minute would begin a storm, so every server is new and gets three. */
const ROUNDS = 2;
const PER_ROUND = 3;

interface Sample {
  /** From the press of the fix until its plan is made, in ms. */
  readonly planMs: number;
  readonly approvedToAppliedMs: number;
  /** Until the first look whether it helped, and until the verdict; the node's kubelet is back since it was applied. */
  readonly appliedToLookMs: number;
  readonly appliedToVerdictMs: number;
  readonly looks: number;
  readonly verdict: string;
  /** All that the API server was asked, from the press of "Approve" until it was applied. */
  readonly kubernetesCalls: number;
}

export const acting: Measurement = {
  id: 'acting',
  title: 'A fix is approved, applied and verified: cordon, on a real API server with 200 nodes and 3,000 pods',
  needs: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'prometheus', 'openssl', 'setpriv'],
  async run({ lab: startedLab, say, nodeArgs }) {
    const lab = await startedLab();
    await using channel = await openChannel();
    const samples: Sample[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      await using server = await startServer({ ...lab, channel, nodeArgs });
      channel.deliverTo(server.url);
      const nodes = lab.silent.slice(round * PER_ROUND, (round + 1) * PER_ROUND);
      for (const node of nodes) samples.push(await oneFix(lab, channel, server, node));
    }
    return { rows: rowsOf(samples), figures: { samples } };
  },
};

async function oneFix(lab: Lab, channel: Channel, server: Server, node: string): Promise<Sample> {
  const requester = personAt(channel.pageUrl, practiceUsers.requester);
  const approver = personAt(channel.pageUrl, practiceUsers.approver);
  const about = (plan: Plan) => plan.target === `node/${node}`;
  const planNow = (fits: (plan: Plan) => boolean) =>
    until(`the plan for ${node}`, async () => (await server.plans()).find((plan) => about(plan) && fits(plan)), {
      everyMs: 20,
      // A cordon is looked at for three minutes, and the answer of each look takes its time.
      deadlineMs: 240_000,
    });
  await server.post(webhookOf([nodeNotReady(node)]));
  const card = await until('its card', () => requester.cardAbout(`Node ${node}:`));
  const pressedAt = Date.now();
  await requester.press(/^fix/, { on: card });
  const shown = await planNow(() => true);
  await requester.submit();
  await planNow(({ state }) => state === 'requested');
  const before = await lab.kubernetesCalls();
  await approver.press(/^approve$/, { under: card });
  const applied = await planNow(({ state }) => !['requested', 'approved', 'executing'].includes(state));
  if (applied.state !== 'applied') throw new Error(`${node}: ${applied.state}: ${applied.because}`);
  const kubernetesCalls = (await lab.kubernetesCalls()) - before;
  // What a person does meanwhile: the cordon alone heals nothing, and a verdict is told by what the evidence says then.
  await lab.heal(node);
  const looked = await planNow(({ verification }) => verification !== undefined);
  const verified = await planNow(
    ({ verification }) => verification !== undefined && verification.verdict !== 'waiting',
  );
  const [approvedAt, appliedAt] = [applied.approvals.at(-1)?.at ?? '', applied.steps.at(-1)?.at ?? ''];
  const since = ({ verification }: Plan) => Date.parse(verification?.at ?? '') - Date.parse(appliedAt);
  return {
    planMs: Date.parse(shown.updatedAt) - pressedAt,
    approvedToAppliedMs: Date.parse(appliedAt) - Date.parse(approvedAt),
    appliedToLookMs: since(looked),
    appliedToVerdictMs: since(verified),
    looks: verified.verification?.looks ?? 0,
    verdict: verified.verification?.verdict ?? '',
    kubernetesCalls,
  };
}

function rowsOf(samples: readonly Sample[]): Row[] {
  const each = (get: (sample: Sample) => number) => samples.map(get);
  const row = (what: string, values: readonly number[], unit: string, more = ''): Row =>
    told(median(values), unit, { what, note: `${spread(values, unit)}${more}` });
  return [
    row(
      'Fix pressed → its plan, median',
      each(({ planMs }) => planMs),
      'ms',
      '; the evidence is read again',
    ),
    row(
      'Approved → applied, median',
      each(({ approvedToAppliedMs }) => approvedToAppliedMs),
      'ms',
    ),
    row(
      '… → first look whether it helped',
      each(({ appliedToLookMs }) => appliedToLookMs),
      'ms',
      '; it waits 10 s',
    ),
    row(
      'Kubernetes calls per execution',
      each(({ kubernetesCalls }) => kubernetesCalls),
      '',
      '; counted by the server',
    ),
    row(
      '… → verified: its verdict, median',
      each(({ appliedToVerdictMs }) => appliedToVerdictMs),
      'ms',
      `; after ${spread(
        each(({ looks }) => looks),
        'looks',
      )}, 15 s apart; the kubelet is back right after it was applied`,
    ),
    // A cordon heals nothing: that the node is well is the work of who brought its kubelet back, and is said so.
    all(samples.filter(({ verdict }) => verdict === 'cannot-tell').length, ROUNDS * PER_ROUND, {
      what: 'Verdicts that do not credit the cordon',
      note: `"it is well, but something else did it"; ${[...new Set(samples.map(({ verdict }) => verdict))].join(', ')}`,
    }),
  ];
}
