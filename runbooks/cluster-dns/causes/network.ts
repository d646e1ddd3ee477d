import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { leaveOf } from '../policies.ts';
import { type DnsCause, heardIn, inVain, ofPods, placed, type Waits, waiting } from '../signs.ts';
import { few } from '../words.ts';

const WHOM: Readonly<Record<Waits, string>> = { upstream: 'its upstream', api: 'the API server' };

/** What all pods wait for is at fault itself; what only those of one node wait for is not. */
export const nodeNetwork: DnsCause = {
  title: "One node's network, and not that of others",
  judge: ofPods((pods, { logs, corefile }) => {
    const heard = heardIn(logs);
    if (heard.length === 0) return inconclusive('no container of it has started');
    for (const what of ['api', 'upstream'] as const) {
      const { failing, clean, partly } = waiting(heard, what);
      const [first] = failing;
      if (first === undefined) continue;
      const words = `${placed(failing)}: ${inVain(first, what)} times no answer of ${WHOM[what]} within 5 min`;
      if (partly) return confirmed(`${words}; never so ${placed(clean)}`);
      const nodes = new Set(failing.map(({ node }) => node));
      const beside = clean.filter(({ node }) => nodes.has(node));
      if (beside.length > 0) return ruledOut(`${words}; ${placed(beside)} shares its node and gets its answers`);
      if (failing.length < heard.length) return inconclusive(`${words}; others do now and then`);
      return nodes.size > 1
        ? ruledOut(`pods on ${nodes.size} nodes get no answer of ${WHOM[what]} alike`)
        : inconclusive(`${words}; there is no pod on another node to compare with`);
    }
    const some = heard.some((log) => log.cut || inVain(log, 'api') + inVain(log, 'upstream') > 0);
    if (some) return inconclusive('a few answers did not come, or it wrote more than was read');
    if (!corefile?.plugins.has('errors'))
      return inconclusive('without plug-in errors in its Corefile it writes of no upstream that fails');
    return ruledOut(`${placed(heard)}: all answers came within 5 min (of ${plural(pods.length, 'pod')})`);
  }),
  present: true,
  remedies: ['cordon', 'lookAtNode', 'keepDns'],
};

export const policyForbids: DnsCause = {
  title: 'A NetworkPolicy of kube-system cuts it off',
  judge: ofPods((pods, { policies }, maybe) => {
    const [asked, upstream, api] = (['asked', 'upstream', 'api'] as const).map((way) => leaveOf(policies, pods, way));
    const heard = heardIn(maybe.logs);
    if (upstream?.leave === 'nobody' && waiting(heard, 'upstream').failing.length > 0)
      return confirmed(`${few(upstream.names)} lets it ask nobody on UDP port 53, and its upstream does not answer it`);
    if (api?.leave === 'nobody' && waiting(heard, 'api').failing.length > 0)
      return confirmed(
        `${few(api.names)} lets it ask nobody on TCP port 443 or 6443, and the API server does not answer it`,
      );
    const isAsked = maybe.answers?.questions;
    if (asked?.leave === 'nobody' && isAsked === 0 && pods.some(({ isReady }) => isReady))
      return confirmed(`${few(asked.names)} lets nobody ask it on UDP port 53, it is ready, and nobody does`);
    const held = [asked, upstream, api].filter((way) => way !== undefined && way.leave !== 'free');
    const names = [...new Set(held.flatMap((way) => way?.names ?? []))];
    if (names.length > 0)
      return inconclusive(
        `${few(names)} forbids some of what it lives on, and nothing shows that this network enforces it on those who matter`,
      );
    const over = leaveOf(policies, pods, 'asked').names;
    return ruledOut(
      over.length > 0 ? `${few(over)} lets everybody ask it` : 'no NetworkPolicy of kube-system selects it',
    );
  }),
  present: true,
  remedies: ['mendPolicy'],
};
