import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The real programs tests start, each with what a person without it has to do. */
const origins = {
  etcd: 'apt-get install etcd-server',
  etcdctl: 'apt-get install etcd-client',
  prometheus: 'apt-get install prometheus',
  promtool: 'apt-get install prometheus',
  'prometheus-alertmanager': 'apt-get install prometheus-alertmanager',
  chromium: 'apt-get install chromium',
  strace: 'apt-get install strace',
  openssl: 'apt-get install openssl',
  setpriv: 'apt-get install util-linux',
  unshare: 'apt-get install util-linux',
  unzip: 'apt-get install unzip',
  kubectl: 'apt-get install kubernetes-client',
  'kube-apiserver': 'bash .ci/build-kubernetes',
  'kube-controller-manager': 'bash .ci/build-kubernetes',
} as const;

export type Program = keyof typeof origins;

/**
 * `describe.skipIf(needs('etcd', 'strace'))(…)`: undefined when all programs are here. Otherwise the reason, also
 * written to the terminal, so that a skipped test is never a silent one. With CI=true absence is a failure: it throws.
 */
export function needs(...programs: readonly Program[]): string | undefined {
  const absent = [...programs, 'setpriv' as const].filter((program) => find(program) === undefined);
  if (absent.length === 0) return undefined;
  const remedies = [...new Set(absent.map((program) => origins[program]))];
  return lacking(`needs ${absent.join(', ')}: ${remedies.join('; ')}`);
}

/** The same for what is no program: says aloud why a test is skipped, and fails with CI=true. */
export function lacking(reason: string): string {
  if (process.env.CI === 'true') throw new Error(`with CI=true nothing is skipped; this test ${reason}`);
  process.stderr.write(`SKIPPED, ${reason}\n`);
  return reason;
}

/** The absolute path of a program; throws with what to install when it is absent. */
export function pathOf(program: Program): string {
  const found = find(program);
  if (found === undefined) throw new Error(`${program} is not on this machine: ${origins[program]}`);
  return found;
}

/**
 * Looks where the test tools of Kubernetes look (KUBEBUILDER_ASSETS), then where .ci/build-kubernetes puts its
 * binaries, then on the PATH.
 */
function find(program: Program): string | undefined {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folders = [
    process.env.KUBEBUILDER_ASSETS ?? '',
    join(cache, 'nightshift', 'kubernetes-1.20.2'),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
