import type { AnyRunbook } from '../../../engine/runbook.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { caseFiles } from '../case-files.ts';
import { truth as anyAlert } from './truth/any-alert.ts';
import { truth as api429 } from './truth/api-429.ts';
import { truth as clusterDns } from './truth/cluster-dns.ts';
import { truth as controlPlaneDown } from './truth/control-plane-down.ts';
import { truth as diskIo } from './truth/disk-io.ts';
import { truth as endpointFlapping } from './truth/endpoint-flapping.ts';
import { truth as etcdHeartbeat } from './truth/etcd-heartbeat.ts';
import { truth as nodeNotReady } from './truth/node-not-ready.ts';
import { truth as pidExhaustion } from './truth/pid-exhaustion.ts';
import { truth as podNetwork } from './truth/pod-network.ts';
import { type Group, namesIn, type Truth } from './truth.ts';

/** What is really wrong in the cases of each runbook, by its id. */
const truths: Readonly<Record<string, Truth>> = {
  'etcd-heartbeat': etcdHeartbeat,
  'node-not-ready': nodeNotReady,
  'disk-io': diskIo,
  'pid-exhaustion': pidExhaustion,
  'api-429': api429,
  'endpoint-flapping': endpointFlapping,
  'cluster-dns': clusterDns,
  'control-plane-down': controlPlaneDown,
  'pod-network': podNetwork,
  'any-alert': anyAlert,
};

/** The truth about a case, by its name; `undefined` when nobody has written it down. */
export function truthOf({ id }: AnyRunbook, name: string): Group | undefined {
  return truths[id]?.find((group) => namesIn(group).includes(name));
}

/** What has to be written down, or is written wrongly: in words, with the file to mend. */
export function complaintsAbout(runbook: AnyRunbook, truth = truths[runbook.id]): readonly string[] {
  const { id, causes } = runbook;
  const file = `test/runbooks/diagnosis/truth/${id}.ts`;
  if (truth === undefined)
    return [`${id}: write down what is really wrong in its cases as ${file}, and list it in truths.ts`];
  const cases = caseFiles(runbook).map((name) => name.replace(/\.json$/, ''));
  const named = truth.flatMap(namesIn);
  const tellable = Object.keys(causes).filter((cause) => !causes[cause]?.sight);
  const strangers = truth.flatMap(({ is, perhaps = [] }) =>
    [...is, ...perhaps].filter((cause) => !tellable.includes(cause)),
  );
  const settled = truth.flatMap(({ is, perhaps = [] }) => is.filter((cause) => perhaps.includes(cause)));
  return [
    ...cases
      .filter((name) => !named.includes(name))
      .map((name) => `test/cases/${id}/${name}.json: what is really wrong in it? Name it in a group of ${file}`),
    ...named.filter((name) => !cases.includes(name)).map((name) => `${file}: there is no case ${name}`),
    ...named.filter((name, index) => named.indexOf(name) !== index).map((name) => `${file}: ${name} is in two groups`),
    ...strangers.map((cause) => `${file}: ${id} cannot tell a cause ${cause} (it can: ${tellable.join(', ')})`),
    ...settled.map((cause) => `${file}: ${cause} cannot be so and perhaps be so`),
  ];
}

/** Runbooks that have a truth and are in no catalogue, which would be a truth about nothing. */
export const strayTruths = Object.keys(truths).filter((id) => !catalog.some((runbook) => runbook.id === id));
