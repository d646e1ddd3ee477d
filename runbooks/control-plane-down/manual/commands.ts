import type { Check, LookStep, ManualRemedy } from '../../../engine/runbook.ts';
import { onMachine } from '../../evidence/shell.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { aboutOf, type ControlPlaneTarget } from '../target.ts';

export type Manual = ManualRemedy<Seen, ControlPlaneTarget>;

/** Everything a step types about the component, on the machine of the instance that is in trouble. */
export interface Names {
  readonly component: string;
  readonly short: string;
  readonly port: number;
  readonly certificate: string;
  readonly others: { readonly component: string; readonly certificate: string };
  readonly lease: string | undefined;
  /** The machine's name, or what to put in its place. */
  readonly node: string;
  readonly manifest: string;
  /** "Then the same on control-plane-2, control-plane-3, one after the other.", where others are in the same trouble. */
  readonly alsoOn: string;
  /** `ssh NODE 'command'`. */
  readonly there: (command: string) => string;
  readonly works: Check;
}

export function namesOf(maybe: Maybe, { name: component }: { readonly name: string }): Names {
  const { short, port, certificate, others: depended, lease } = aboutOf(component);
  const [node = 'CONTROL-PLANE-NODE', ...others] = nodesOf(maybe, component);
  const pods = `kubectl -n kube-system get pods -l component=${component} -o wide`;
  return {
    ...{ component, short, port, certificate, others: depended, lease, node },
    manifest: `/etc/kubernetes/manifests/${component}.yaml`,
    alsoOn: others.length > 0 ? ` Then the same on ${others.join(', ')}, one after the other.` : '',
    there: (command) => onMachine({ name: node }, command),
    works: lease
      ? {
          command: `${pods}; kubectl -n kube-system get lease ${lease} -o yaml`,
          shows: 'all 1/1, and a renewTime of seconds ago',
        }
      : { command: `${pods}; kubectl get --raw "/readyz?verbose"`, shows: 'all 1/1, and "readyz check passed"' },
  };
}

/** Where instances are in trouble: pods that are not ready, machines without one; else whose log was read; else the leader, or any. */
function nodesOf({ pods = [], machines = [], elections, lastWords = [] }: Maybe, component: string): readonly string[] {
  const own = pods.filter((pod) => pod.component === component);
  const has = (some: readonly { readonly node: string }[], name: string) => some.some(({ node }) => node === name);
  const without = machines.filter(({ name }) => has(pods, name) && !has(own, name)).map(({ name }) => name);
  const ill = [...own.filter(({ ready }) => !ready).map(({ node }) => node), ...without];
  const holder = machines.find(({ name, hostname }) => [name, hostname].includes(elections?.own?.machine ?? ''));
  const other = holder?.name ?? own[0]?.node;
  const heard = own.filter(({ name }) => lastWords.some(({ pod }) => pod === name)).map(({ node }) => node);
  if (ill.length > 0 || heard.length > 0) return ill.length > 0 ? ill : heard;
  return other === undefined ? [] : [other];
}

/** What its containers are, and what the last of them said. It works while the API server does not. */
export function lastLog({ component, node, there }: Names): LookStep {
  return {
    kind: 'look',
    title: `On ${node}: what its last container said, straight from the runtime`,
    command: there(
      `sudo crictl ps -a --name ${component}; sudo crictl logs --tail 40 $(sudo crictl ps -a --name ${component} -q | head -1)`,
    ),
    shows: 'how often and with which exit code it ended, and why in its last lines',
  };
}

/** What the kubelet says of its file. */
export function kubeletLog({ component, there, node }: Names): LookStep {
  return {
    kind: 'look',
    title: `On ${node}: what the kubelet says of its static pod`,
    command: there(
      `sudo journalctl -u kubelet --since -15min --no-pager | grep -iE "${component}|manifest|static" | tail -20`,
    ),
    shows: '"Could not process manifest file", "CrashLoopBackOff", "Probe failed"',
  };
}
