import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { askedOn } from '../corefile.ts';
import { limits } from '../limits.ts';
import type { PodView } from '../pods.ts';
import { haveStood, isYoung, type Leave, leaveOf } from '../policies.ts';
import type { Maybe } from '../seen.ts';
import {
  callsIn,
  type DnsCause,
  doubtfulOf,
  failingOf,
  type Heard,
  heardIn,
  inVain,
  ofOneDomain,
  ofPods,
  passChecks,
  placed,
  strangeCallsIn,
  strangeIn,
  throughPolicy,
  type Waits,
  waiting,
  waysOf,
} from '../signs.ts';
import { few } from '../words.ts';

const WHOM: Readonly<Record<Waits, string>> = { upstream: 'its upstream', api: 'the API server' };

/** `UDP port 53 and TCP port 853`. */
const portsIn = (ways: readonly string[]) => few(ways.map((way) => way.replace(' ', ' port ')));

/** What all pods wait for is at fault itself; what only those of one node wait for is not. */
export const nodeNetwork: DnsCause = {
  title: "One node's network, and not that of others",
  judge: ofPods((pods, seen, maybe, now) => {
    const { logs, corefile } = seen;
    const heard = heardIn(logs);
    if (heard.length === 0) return inconclusive('no container of it has started');
    const compared = (['api', 'upstream'] as const).flatMap((what) => compare(heard, what, maybe, now) ?? []);
    const told = (['confirmed', 'inconclusive', 'ruled-out'] as const).flatMap((verdict) =>
      compared.filter((one) => one.verdict === verdict),
    )[0];
    if (told) return unlessAlone(told, maybe);
    const some = heard.some((log) => log.cut || inVain(log, 'api') + inVain(log, 'upstream') > 0);
    if (some) return inconclusive('a few answers did not come, or it wrote more than was read');
    if (heard.some(({ now: { silent } }) => silent > 0))
      return inconclusive('it cannot watch the API server, and its version does not say why');
    const strange = strangeIn(heard);
    if (strange) return inconclusive(strange);
    const calls = strangeCallsIn(heard);
    if (calls) return inconclusive(calls);
    const unanswered = callsIn(seen, 'unanswered');
    if (unanswered === undefined)
      return inconclusive('its log need not say, and its calls to the API server are not counted');
    if (unanswered > 0)
      return inconclusive(
        `${plural(unanswered, 'call')} to the API server without an answer, of whom its log does not say`,
      );
    if (!corefile?.plugins.has('errors'))
      return inconclusive('without plug-in errors in its Corefile it writes of no upstream that fails');
    const { idle, unclear } = waiting(maybe, 'upstream', now);
    if (idle.length > 0)
      return inconclusive(`${placed(idle)}: nothing wrong in the log, but not there for clients for 5 min`);
    if (unclear.length > 0)
      return inconclusive(`${placed(unclear)}: nothing wrong in the log; whether anybody asked could not be seen`);
    const words = `${placed(heard)}: all answers came within 5 min (of ${plural(pods.length, 'pod')})`;
    const mute = pods.filter(
      ({ node, runningSince, isEnding }) =>
        node !== undefined && runningSince === undefined && !isEnding && !heard.some((log) => log.node === node),
    );
    if (mute.length > 0)
      return inconclusive(
        `${few(mute.map(({ name, node }) => `${name} on ${node}`))} does not run and tells nothing of its node; ${words}`,
      );
    return ruledOut(words);
  }),
  present: true,
  remedies: ['cordon', 'lookAtNode', 'keepDns'],
};

/** Of those that get no answer, and those that do: on which nodes they are. `undefined`: all get theirs. */
function compare(heard: readonly Heard[], what: Waits, maybe: Maybe, now: Date): Verdict | undefined {
  const { failing, clean, idle, unclear, partly } = waiting(maybe, what, now);
  const [first] = failing;
  if (first === undefined) return undefined;
  const words = `${placed(failing)}: ${inVain(first, what)} times no answer of ${WHOM[what]} within 5 min`;
  const domain = what === 'upstream' ? ofOneDomain(failing, maybe) : undefined;
  if (partly) {
    const apart = `${words}; never so ${placed(clean)}`;
    const doubt = domain ?? (what === 'upstream' ? checksOf(failing, maybe) : undefined);
    return doubt ? inconclusive(`${apart}; but ${doubt}`) : confirmed(apart);
  }
  const nodes = new Set(failing.map(({ node }) => node));
  const beside = clean.filter(({ node }) => nodes.has(node));
  if (beside.length > 0) return ruledOut(`${words}; ${placed(beside)} shares its node and gets its answers`);
  if (unclear.length > 0)
    return inconclusive(
      `${words}; nothing wrong in the log of ${placed(unclear)}; whether anybody asked could not be seen`,
    );
  if (failing.length + idle.length < heard.length) return inconclusive(`${words}; others do now and then`);
  const alike = `pods on ${nodes.size} nodes get no answer of ${WHOM[what]} alike`;
  const [single] = what === 'upstream' ? failing.flatMap((log) => silentTo(log, failing)) : [];
  if (nodes.size > 1) return single ? inconclusive(`${alike}; but ${single}`) : ruledOut(alike);
  return idle.length > 0
    ? inconclusive(`${words}; nothing to compare with: ${placed(idle)} has not been there for clients for 5 min`)
    : inconclusive(`${words}; there is no pod on another node to compare with`);
}

/** Who reaches an upstream with its checks has a way to it. */
function checksOf(failing: readonly Heard[], maybe: Maybe): string | undefined {
  const pass = passChecks(failing, maybe);
  if (pass === undefined) return 'whether the checks of that upstream pass is not counted';
  return pass ? 'the checks of that upstream pass' : undefined;
}

/** What fails alike for all says nothing of questions that one of them has lost, if nobody knows of how many. */
function unlessAlone(told: Verdict, maybe: Maybe): Verdict {
  const failing = failingOf(maybe, 'upstream').map(({ pod }) => pod);
  const doubtful = doubtfulOf(maybe).filter(({ pod }) => !failing.includes(pod));
  if (told.verdict !== 'ruled-out' || doubtful.length === 0) return told;
  return inconclusive(
    `${told.reason}; but ${placed(doubtful)} lost answers of its upstream, of how many is not counted`,
  );
}

/** Upstreams that leave this one without an answer, and no other of those that fail: its node may be why, beside what they share. */
function silentTo({ pod, node, now }: Heard, failing: readonly Heard[]): readonly string[] {
  const others = failing.filter((other) => other.node !== node);
  const hosts = [...now.upstream].filter(([host, count]) => host !== '' && count >= limits.unanswered);
  return hosts.flatMap(([host]) =>
    others.some((other) => (other.now.upstream.get(host) ?? 0) > 0)
      ? []
      : `${host} is silent to ${pod} on ${node} alone`,
  );
}

export const policyForbids: DnsCause = {
  title: 'A NetworkPolicy of kube-system cuts it off',
  judge: ofPods((pods, { policies }, maybe, now, since) => {
    const asked = leaveOf(policies, pods, 'asked');
    const isAsked = maybe.answers?.questions;
    const comes = asked.leave === 'nobody' && haveStood(asked.over, now) && (isAsked ?? 0) > 0;
    const through = [...(comes ? ['clients'] : []), ...throughPolicy(maybe, now)];
    const old = policies.filter((policy) => !isYoung(policy, since));

    const [upstream, api] = (['upstream', 'api'] as const).map((what) => {
      const ways = waysOf(maybe, what);
      const was = leaveOf(old, pods, what, ways).leave;
      return { ...leaveOf(policies, pods, what, ways), was, ways, failing: failingOf(maybe, what) };
    });
    for (const [what, way] of [
      ['its upstream', upstream],
      ['the API server', api],
    ] as const) {
      if (way?.leave !== 'nobody' || way.failing.length === 0) continue;
      const words = `${few(way.names)} lets it ask nobody${way.ways.length > 0 ? ` on ${portsIn(way.ways)}` : ''}, and ${what} does not answer it`;
      const doubt = doubtOf(pods, way, through);
      return doubt ? inconclusive(`${words}; but ${doubt}`) : confirmed(words);
    }
    if (asked.leave === 'nobody' && isAsked === 0 && pods.some(({ isReady }) => isReady)) {
      const words = `${few(asked.names)} lets nobody ask it on UDP port 53, it is ready, and nobody does`;
      const doubt = doubtOf(pods, { was: leaveOf(old, pods, 'asked').leave }, through);
      return doubt ? inconclusive(`${words}; but ${doubt}`) : confirmed(words);
    }
    // Where no line of its log names them, its configuration does.
    const isNamed = (upstream?.ways.length ?? 0) > 0;
    const configured = isNamed ? upstream : leaveOf(policies, pods, 'upstream', askedOn(maybe.corefile));
    const held = [asked, upstream, configured, api].filter((way) => way !== undefined && way.leave !== 'free');
    const names = [...new Set(held.flatMap((way) => way?.names ?? []))];
    if (names.length > 0)
      return inconclusive(
        `${few(names)} forbids some of what it lives on, and nothing shows that this network enforces it on those who matter`,
      );
    if (asked.names.length > 0) return ruledOut(`${few(asked.names)} lets everybody ask it`);
    const over = [...new Set([upstream, api].flatMap((way) => way?.names ?? []))];
    return ruledOut(
      over.length > 0
        ? `${few(over)} lets it ask its upstream and the API server`
        : 'no NetworkPolicy of kube-system selects it',
    );
  }),
  present: true,
  remedies: ['mendPolicy'],
};

/** That it is forbidden and fails are two facts: only what is new since it worked joins them. */
function doubtOf(pods: readonly PodView[], { was }: { readonly was: Leave }, through: readonly string[]) {
  if (pods.some(({ isOnHost }) => isOnHost))
    return 'it uses the network of its machine, where most networks enforce no policy';
  if (through.length > 0) return `${few(through)} got through it within 5 min: this network may not enforce it`;
  return was === 'nobody'
    ? 'nobody wrote to it in the hour before this began: nothing shows that this network enforces it'
    : undefined;
}
