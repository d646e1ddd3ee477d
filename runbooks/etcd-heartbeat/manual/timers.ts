import type { ManualRemedy, ManualStep } from '../../../engine/runbook.ts';
import { hiddenIn, timersOf, usualRoundTrip } from '../causes/timers.ts';
import type { Maybe } from '../facts.ts';
import { ofKind } from '../log/entries.ts';
import { cutOff, membership } from '../members.ts';
import type { Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import {
  adviseTimers,
  costOf,
  folkloreTimers,
  highestTimers,
  named,
  recommendedTimers,
  slowTimers,
  type Timers,
} from '../timers.ts';
import { allWell, health, inOrder, names, notNow, refusal, snapshot } from './etcdctl.ts';

const manifest = '/etc/kubernetes/manifests/etcd.yaml';
const flagsOfAll = `kubectl -n kube-system get pods -l component=etcd -o custom-columns='NAME:.metadata.name,READY:.status.conditions[?(@.type=="Ready")].status,COMMAND:.spec.containers[0].command'`;
const saved = '/root/etcd.before-timers.yaml';

/** Raising timers buys time for a slow network or disk; it heals neither. All members must have the same. */
export const setTimers: ManualRemedy<Seen, EtcdTarget> = {
  title: "Set etcd's heartbeat interval and election timeout",
  risk: 'high',
  // They buy time where packets are late, and none where none come: unless the present ones are wrong in themselves.
  steps: (maybe) => (isCut(maybe) && !isMisfit(maybe) ? [] : [...stepsTo(chosenTimers(maybe), maybe), refused]),
};

/** Members that hear no leader, or to which no connection comes about. */
function isCut({ members = [], peers, pods, log }: Maybe): boolean {
  const isUnreached = members.length === 0 && log?.logs.some(({ entries }) => ofKind(entries, 'unreached').length > 0);
  return isUnreached === true || cutOff(membership(members, peers, pods)).length > 0;
}

function isMisfit({ pods = [], peers }: Maybe): boolean {
  const present = pods.map(timersOf);
  const usual = usualRoundTrip(peers);
  return (
    new Set(present.map(named)).size > 1 || present.some((timers) => adviseTimers(timers, usual).instead !== undefined)
  );
}

const refused: ManualStep = {
  kind: 'advice',
  title: `Refused: ${named(folkloreTimers)}, the advice of old articles`,
  warning: `etcd accepts it, but ${costOf(folkloreTimers)}`,
};

/**
 * What to set: timers that fit the usual round trip where the present ones do not, otherwise the slow profile as a
 * stop-gap. A string says why nothing is to be set.
 */
function chosenTimers({ pods = [], peers }: Maybe): Timers | string {
  const usual = usualRoundTrip(peers);
  const hidden = pods.map(hiddenIn).find((why) => why !== undefined);
  if (hidden !== undefined) return `what is set now could not be seen: ${hidden}`;
  const present = pods.map(timersOf);
  const differ = new Set(present.map(named)).size > 1;
  const [first] = present;
  const advice = first === undefined || differ ? undefined : adviseTimers(first, usual);
  const wanted = advice?.instead ?? (differ ? recommendedTimers(usual) : higher(slowTimers, recommendedTimers(usual)));
  if (wanted.heartbeatMs > highestTimers.heartbeatMs || wanted.electionMs > highestTimers.electionMs) {
    return `the round trip asks for ${named(wanted)}, beyond ${named(highestTimers)}: etcd does not belong on such a network. A person must decide this`;
  }
  if (!differ && first && named(first) === named(wanted)) {
    return `${named(first)} is set already; higher ones hide the trouble`;
  }
  return wanted;
}

function higher(a: Timers, b: Timers): Timers {
  return { heartbeatMs: Math.max(a.heartbeatMs, b.heartbeatMs), electionMs: Math.max(a.electionMs, b.electionMs) };
}

function stepsTo(timers: Timers | string, maybe: Maybe): readonly ManualStep[] {
  if (typeof timers === 'string') return notNow(timers);
  const no = refusal(maybe);
  if (no !== undefined) return notNow(no);
  if (!maybe.pods?.length) {
    const flags = `--heartbeat-interval=${timers.heartbeatMs} --election-timeout=${timers.electionMs}`;
    return [
      snapshot(maybe),
      {
        kind: 'change',
        title: `Where etcd is configured, give every member ${flags}, and restart one at a time`,
        verify: allWell(maybe),
      },
    ];
  }
  return [
    health(maybe),
    snapshot(maybe),
    {
      kind: 'change',
      title: `On the machine of one member after the other: ${names(inOrder(maybe), maybe)}. The kubelet restarts etcd by itself`,
      command: editCommand(timers),
      verify: {
        command: flagsOfAll,
        shows: `--heartbeat-interval=${timers.heartbeatMs} and the pod Ready, and the first step again one leader. Only then the next member`,
      },
      warning:
        'Until the last member is done the members differ, so do not pause in between. Before the leader, move the leadership away',
    },
    {
      kind: 'look',
      title: 'Watch for 30 minutes',
      command:
        "promtool query instant http://<prometheus>:9090 'increase(etcd_server_heartbeat_send_failures_total[10m]) or increase(etcd_server_leader_changes_seen_total[10m])'; kubectl get --raw /readyz",
      shows: 'every figure stays 0, and ok',
    },
    {
      kind: 'change',
      title: 'To go back, restore the saved manifest on every member, one at a time',
      command: `sudo cp ${saved} ${manifest}`,
      verify: { command: flagsOfAll, shows: 'the flags as they were, and the pod Ready before the next member' },
    },
  ];
}

/**
 * Replaces or adds the two flags. It writes from the saved copy: an editor's temporary file beside the manifest would be
 * taken for another static pod.
 */
export function editCommand({ heartbeatMs, electionMs }: Timers): string {
  const add = `s/^\\( *\\)- etcd$/&\\n\\1- --heartbeat-interval=${heartbeatMs}\\n\\1- --election-timeout=${electionMs}/`;
  return [
    `sudo cp -p ${manifest} ${saved}`,
    `sudo sed -e '/--heartbeat-interval=/d' -e '/--election-timeout=/d' -e '${add}' ${saved} | sudo tee ${manifest} >/dev/null`,
  ].join(' &&\n');
}
