import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { audit } from '../../../../engine/acting/audit.ts';
import type { Acting } from '../../../../engine/acting/desk.ts';
import { remediateMessage } from '../../../../engine/acting/messages.ts';
import { planCardOf } from '../../../../engine/acting/plan-card.ts';
import type { Plan } from '../../../../engine/plan.ts';
import type { PlanCard } from '../../../../engine/plan-card.ts';
import type { Queue } from '../../../../engine/ports.ts';
import { startPracticeCluster } from '../../../../infra/local/practice/practice.ts';
import { openDatabase } from '../../../../infra/local/store/open.ts';
import { countingProxy } from '../../../harness/counting-proxy.ts';
import { stamped } from '../../../harness/stamped.ts';
import { tempDirInMemory } from '../../../harness/temp.ts';
import type { RemedyClass } from './classes.ts';
import { applied, prepare } from './prepare.ts';
import { actingWith, CLUSTER, hands, wishes, workOff } from './stage.ts';

/** Where the process is killed: at its nth crossing by itself, or from outside with its nth write under way. */
export type Kill =
  | { readonly crossing: number }
  | { readonly write: number; readonly moment: 'arrived' | 'done' }
  /** Not at all. */
  | 'never';

export interface Outcome {
  /** What the process printed: the crossing it died at, or all of them. */
  readonly said: string;
  readonly signal: NodeJS.Signals | null;
  /** The plan as the dead process left it, before anybody worked on. */
  readonly left: Plan | undefined;
  /** Every plan in the end. */
  readonly plans: readonly Plan[];
  readonly cards: readonly PlanCard[];
  readonly writes: readonly string[];
  /** How many of these the API server has done. */
  readonly performed: number;
  /** Of these, what came after the first quarter of an hour. */
  readonly lateWrites: number;
  readonly findings: readonly string[];
}

const MINUTE_MS = 60_000;
/** By then everything of the practice cluster has started. */
const AGE_MS = 10 * MINUTE_MS;
/** In which a pod of the practice cluster ends, and another one is made. */
const PODS_MS = 5_000;

const CHILD = 'child.mjs';

/** The process that is killed as one file beside the template: what it is made of would take most of its time to find. */
export async function bundleChild(template: string): Promise<void> {
  const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    entryPoints: [join(import.meta.dirname, 'child.ts')],
    outfile: join(template, CHILD),
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: require },
    logLevel: 'error',
  });
}

/** Begins a remedy in a process of its own, kills it, and lets another process of Nightshift go on for an hour. */
export async function crash(remedy: RemedyClass, kill: Kill, template: string, incident: string): Promise<Outcome> {
  await using folder = await tempDirInMemory('crash');
  const directory = join(folder.path, 'data');
  await cp(join(template, 'data'), directory, { recursive: true });
  // The cluster's own time stands still: no heartbeat comes in between, and every run has the same crossings.
  const still = { at: Date.now() - AGE_MS };
  const practice = await startPracticeCluster({ nodes: 6, podsPerNode: 6, clock: { now: () => new Date(still.at) } });
  const child: { process?: ChildProcessWithoutNullStreams } = {};
  const atMoment = (moment: 'arrived' | 'done') => (nth: number) => {
    if (kill === 'never' || !('write' in kill) || kill.write !== nth || kill.moment !== moment) return undefined;
    if (child.process?.exitCode !== null || child.process.killed) return undefined;
    child.process.kill('SIGKILL');
    return 'drop';
  };
  try {
    await using proxy = await countingProxy(practice.kubernetesUrl, {
      arrived: atMoment('arrived'),
      done: (nth) => {
        // Its controllers take a moment, as does a pod to end.
        if (/\/eviction |^DELETE /.test(proxy.writes[nth - 1] ?? '')) still.at += PODS_MS;
        return atMoment('done')(nth);
      },
    });
    const files = { kubeconfig: join(folder.path, 'reader'), fixerKubeconfig: join(folder.path, 'fixer') };
    const through = (config: string) => config.replace(practice.kubernetesUrl, proxy.url);
    await writeFile(files.kubeconfig, through(practice.kubeconfig));
    await writeFile(files.fixerKubeconfig, through(practice.fixerKubeconfig));
    const { changes, before = [], meanwhile = [], undone = false } = remedy;
    const direct = await prepare(practice, folder.path, before);
    still.at += AGE_MS;
    if (undone) await applied(direct, directory, incident, changes);

    const env = { ...process.env, NODE_COMPILE_CACHE: join(template, 'compiled') };
    const begun = spawn(process.execPath, [join(template, CHILD)], { env });
    child.process = begun;
    const crashAt = kill !== 'never' && 'crossing' in kill ? kill.crossing : 0;
    begun.stdin.end(JSON.stringify({ crashAt, incident, directory, changes, meanwhile, undone, direct, ...files }));
    const [said, trouble, [, signal]] = await Promise.all([
      text(begun.stdout),
      text(begun.stderr),
      once(begun, 'close'),
    ]);
    if (trouble !== '') throw new Error(trouble);

    const later = { ms: 0 };
    const clock = { now: () => new Date(Date.now() + later.ms) };
    // For the cluster as well: its leases are renewed meanwhile.
    const pass = (minutes: number) => {
      later.ms = minutes * MINUTE_MS;
      still.at = clock.now().getTime();
    };
    const { store, queue, close } = await openDatabase({ directory, clock });
    const { close: disconnect, ...means } = await hands(files);
    const acting = actingWith(store, clock, means, changes);
    try {
      const [left] = await plansIn(acting, undone);
      for (const minutes of [0, 1, 2, 3]) {
        pass(minutes);
        await workOff(queue, acting);
        await goOnAsPeopleWould(acting, queue, incident, undone);
      }
      pass(15);
      await workOff(queue, acting);
      const early = proxy.writes.length;
      for (const minutes of [30, 60]) {
        pass(minutes);
        await workOff(queue, acting);
      }
      const plans = await plansIn(acting, undone);
      return {
        said: said.trim(),
        signal,
        left,
        plans,
        cards: await Promise.all(plans.map((plan) => planCardOf(acting, plan))),
        writes: proxy.writes,
        performed: proxy.performed.length,
        lateWrites: proxy.writes.length - early,
        findings: (await audit(store)).findings,
      };
    } finally {
      await disconnect();
      await close();
    }
  } finally {
    await practice.close();
  }
}

/** Of the fix, or of what takes it back. */
async function plansIn({ store }: Acting, undone: boolean): Promise<Plan[]> {
  const all = (await store.list<Plan>('plans')).map(({ value }) => value);
  return all.filter(({ undoes }) => (undoes !== undefined) === undone);
}

/**
 * What never became a stored wish is wished again, and an undo that stopped halfway is finished; nobody touches what is
 * approved, unknown or over.
 */
async function goOnAsPeopleWould(acting: Acting, queue: Queue, incident: string, undone: boolean): Promise<void> {
  const plans = await plansIn(acting, undone);
  const [fix] = undone ? await plansIn(acting, false) : [];
  const latest =
    plans.find(({ state }) => state === 'requested') ?? plans.find(({ state }) => state !== 'shown') ?? plans[0];
  const half = fix && latest?.state === 'partly-applied' && !plans.some(({ continues }) => continues === latest.id);
  if (latest && latest.state !== 'shown' && latest.state !== 'requested' && !half) return;
  const wish = () => {
    if (!latest) return fix ? wishes.anew(fix.id, 'undo') : wishes.open(incident);
    if (half) return wishes.anew(latest.id, 'plan-again');
    return latest.state === 'shown' ? wishes.request(latest.id) : wishes.approve(latest.id);
  };
  await queue.send([remediateMessage(stamped(wish(), acting.clock), CLUSTER)]);
  await workOff(queue, acting);
}
