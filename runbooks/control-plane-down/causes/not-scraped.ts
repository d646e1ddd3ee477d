import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { type Fleet, fleetOf, isOf } from '../fleet.ts';
import { idleWords } from '../idle.ts';
import { leadOf } from '../lead.ts';
import { isHanging, type Scrape } from '../scrapes.ts';
import { type Context, type PlaneCause, trusting } from '../seen.ts';

/**
 * What these alerts say is only that Prometheus has no target, or that it does not answer. kubeadm binds scheduler and
 * controller manager to 127.0.0.1, and a provider's control plane offers nothing to scrape: there they fire for ever.
 */
export const notScraped: PlaneCause = {
  title: 'It works, and Prometheus does not see it',
  judge: (seen, maybe, context) => {
    const { now, untold } = seen.scrapes;
    if (now.length > 0 && now.every(({ up }) => up === 1)) {
      const [other] = untold;
      if (other) return inconclusive(`its others answer; whether ${other.instance} does is not recorded`);
      return ruledOut(
        `${now.length === 1 ? 'its one target answers' : `all of its ${now.length} targets answer`} Prometheus`,
      );
    }
    return whetherItWorks(seen, maybe, context);
  },
  remedies: ['letPrometheusSee'],
};

/** Down, or only out of sight? */
const whetherItWorks = trusting((seen, maybe, context) => {
  const { now, gone } = seen.scrapes;
  const silent = now.filter(({ up }) => up !== 1);
  const works = worksWords(seen, maybe, context);
  if (works.isIdle) return inconclusive(works.words);
  if (now.length === 0) {
    const none =
      gone.length > 0
        ? `Prometheus had ${targets(gone.length)} within a day, and discovers none now`
        : 'Prometheus has no target of it, and had none within a day';
    if (works.yes) return confirmed(`${works.words}. ${none}${bindWords(seen, context)}`);
    return works.no ? ruledOut(`it does not work: ${works.words}`) : inconclusive(`${none}; ${works.words}`);
  }
  const fleet = fleetOf(seen, maybe, leadOf(seen, maybe, context), context);
  const judged = silent.map((scrape) => ({ scrape, state: stateBehind(scrape, fleet, maybe) }));
  const blind = judged.flatMap(({ scrape, state }) => (state === 'runs' ? [scrape] : []));
  if (blind.length > 0) {
    return confirmed(
      `${blind.map(({ instance }) => instance).join(', ')}: its pod is Ready and its kubelet is well, and a scrape ${howWords(blind)}${bindWords(seen, context)}`,
    );
  }
  const isDown = judged.every(({ state }) => state !== undefined && state !== 'unclear' && state !== 'ending');
  if (isDown) return ruledOut(`what does not answer does not run either (${silent.length} of ${now.length})`);
  if (silent.length === now.length && works.yes)
    return confirmed(
      `${works.words}. None of ${targets(now.length)} answers: a scrape ${howWords(silent)}${bindWords(seen, context)}`,
    );
  if (silent.length === now.length && works.no) return ruledOut(`it does not work: ${works.words}`);
  return inconclusive(
    `${silent.length} of ${now.length} targets do not answer; whether those instances run could not be seen`,
  );
});

interface Works {
  readonly yes: boolean;
  readonly no: boolean;
  /** It leads, and does nothing. */
  readonly isIdle?: true;
  readonly words: string;
}

/** The API server works where it answers us; the others where one of them renews its lease. */
function worksWords(seen: Seen, maybe: Maybe, context: Context): Works {
  if (context.target.name === 'kube-apiserver') {
    const { status, failing } = seen.readyz;
    const yes = status === 200;
    const words = yes
      ? 'The API server answers us, and all its own checks pass'
      : `its own checks fail: ${failing.join(', ')}`;
    return { yes, no: !yes, words };
  }
  const { state, words } = leadOf(seen, maybe, context);
  const alone = state === 'held' && idleWords(seen, maybe, context);
  if (alone) return { yes: false, no: false, isIdle: true, words: `${words}, but ${alone}: it may hang` };
  return { yes: state === 'held', no: state === 'stale', words };
}

function stateBehind(scrape: Scrape, { instances }: Fleet, { machines = [] }: Maybe) {
  const machineOf = (node: string) => machines.find(({ name }) => name === node);
  return instances.find(({ node, pod }) => isOf(scrape, pod, machineOf(node)))?.state;
}

function howWords([scrape]: readonly Scrape[]): string {
  if (scrape?.scrapeSeconds === undefined) return 'fails';
  return isHanging(scrape)
    ? `gets no answer within ${duration(scrape.scrapeSeconds)}: something on the way swallows it`
    : `fails after ${duration(scrape.scrapeSeconds)}: nobody listens at that address, or it is refused`;
}

/** The usual reason, where it can be read off the command. */
function bindWords({ pods }: Seen, { target }: Context): string {
  const bound = pods.filter(({ component, bindAddress }) => component === target.name && bindAddress === '127.0.0.1');
  return bound.length > 0 ? '. It listens on 127.0.0.1 only (--bind-address)' : '';
}

function targets(count: number): string {
  return count === 1 ? 'one target' : `${count} targets`;
}
