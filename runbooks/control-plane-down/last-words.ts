import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { timeOf } from '../evidence/log-time.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import type { StaticPod } from './pods.ts';
import { aboutOf, type ControlPlaneTarget } from './target.ts';
import { type Leader, speakers } from './troubled.ts';

/** What a line of a log says about why its program does not work. */
export type SignKind = 'flag' | 'certificate' | 'othersCertificate' | 'port' | 'lease' | 'unanswered';
export interface Sign {
  readonly kind: SignKind;
  readonly line: string;
  /** RFC 3339, where the line itself tells. */
  readonly at?: string;
  /** Among the last lines: of a run that ended, why. */
  readonly isLast: boolean;
  /** It is what ended it, or about its own way to the API server; not about some server or other that it asks for others. */
  readonly isOwn: boolean;
}

/** Of one run of a pod's container: the signs in its last lines, the latest of each kind, and its last line. */
export interface Run {
  readonly signs: readonly Sign[];
  readonly last: string;
}
export interface Spoken {
  readonly pod: string;
  /** The run that goes on, or the latest; `null`: there is no log of it. */
  readonly now: Run | null;
  /** The run before. */
  readonly before: Run | null;
}

/** Of these some are about others: a webhook, an aggregated API, a node. */
export const mayBeOfOthers: readonly SignKind[] = ['certificate', 'othersCertificate', 'unanswered'];

export function isOfCertificate(kind: SignKind): boolean {
  return kind === 'certificate' || kind === 'othersCertificate';
}

/** More is not needed: whoever ends says why in the end. */
const MOST_LINES = 60;
const LONGEST_LINE = 220;
/** Whoever ends says why in these, as long as it writes no stack. */
const LAST_LINES = 5;

/**
 * Of lines that are errors, or no log lines at all: what the flag parser says. Whoever checks a certificate says `x509`: in a
 * call of its own that is the server's. Of its own it hears from the other side: `Unauthorized` is all that an API server says
 * where a client's has expired (kelseyhightower/kubernetes-the-hard-way#354, rancher/rancher#14816), etcd sends an alert of TLS
 * (Go, crypto/tls/alert.go).
 */
const patterns: readonly (readonly [SignKind, RegExp])[] = [
  ['port', /address already in use/i],
  ['lease', /leaderelection lost|leader election lost|failed to renew lease/i],
  [
    'certificate',
    /\bUnauthorized\b|remote error: tls: (bad|expired|revoked|unknown|unsupported) certificate|remote error: tls: (certificate required|unknown certificate authority)/,
  ],
  ['othersCertificate', /x509: |certificate has expired/],
  [
    'flag',
    /unknown (shorthand )?flag|invalid argument "|flag needs an argument|unrecognized feature gate|strict decoding error|unable to load |no such file or directory|could not parse|failed to parse|invalid configuration|error loading config/i,
  ],
  [
    'unanswered',
    /connection refused|i\/o timeout|context deadline exceeded|no route to host|etcdserver: request timed out/i,
  ],
];
/** What an API server says of its clients is about theirs, or about what they trust; what anybody says of a webhook, of that. */
const OF_OTHERS = /Unable to authenticate the request|webhook|TLS handshake error from/i;
/** Neither etcd nor an API server: a plug-in of the same machine that encrypts (KMS), and a cloud that tells a machine about itself. */
const ELSEWHERE = /\bdial unix |\bkms\b|\b169\.254\.169\.254\b|\bmetadata\.google\b/i;
/** What gRPC writes of an API server's connection to etcd: a warning, however long it fails. */
const TO_ETCD = /^W\d{4} .*addrConn\.createTransport failed to connect/;
/** Servers behind the API server answer so whoever asks, where they do not trust its front proxy (metrics-server). */
const BEHIND_THE_API = /complete list of server APIs|metrics API|metrics\.k8s\.io|PartialObjectMetadata/;
/** The lease, and what it ends with: cobra, klog, component-base/cli, Go. */
const OWN = /leaderelection|resource lock|"command failed"|^F\d{4} |^Error: |^panic: /;
/** A watch of its own: what informers know by its type no server behind the API server answers. */
const OWN_WATCH = /failed to (list|watch) \*v\d\w*\.\w+: (Unauthorized|.*x509: )/i;
/** Whoever panics ends for that, whatever it wrote before. */
const PANICS = /^(panic|fatal error): /;

const Text = z.string().nullable();
const Schema = z
  .object({
    component: z.string(),
    readAt: z.date(),
    all: z.array(z.object({ pod: z.string(), now: Text, before: Text })),
  })
  .transform(({ component, readAt, all }): readonly Spoken[] => {
    const log = { readAt, isServer: component === 'kube-apiserver' };
    return all.map(({ pod, now, before }) => ({ pod, now: runOf(now, log), before: runOf(before, log) }));
  });

/** The API server fetches them from the kubelet: none comes from a machine that is away. */
export const lastWords: Evidence<readonly Spoken[], ControlPlaneTarget> = {
  title: 'Last words of its containers',
  schema: Schema,
  reads: ['list Pod in kube-system', 'get Lease in kube-system', 'logs Pod in kube-system'],
  read: async ({ kube }, { name }, { now }) => {
    const { lease } = aboutOf(name);
    const found = lease ? Held.parse(await kube.find('Lease', lease, { namespace: 'kube-system' })) : null;
    const asked = await speakers(kube, name, leaderIn(found, now), now);
    const all = await Promise.all(
      asked.map(async (pod) => ({
        pod: pod.name,
        now: await logOf(kube, pod, false),
        before: await logOf(kube, pod, true),
      })),
    );
    return { component: name, readAt: now, all };
  },
  show: (all) =>
    all.length === 0
      ? 'no static pod of it was found to ask'
      : all.map(({ pod, now, before }) => `${pod}: ${runWords(now ?? before)}`).join('; '),
};

const Held = z
  .object({ spec: z.object({ holderIdentity: z.string().nullish(), renewTime: z.string().nullish() }) })
  .nullable();

function leaderIn(lease: z.infer<typeof Held>, now: Date): Leader {
  const { holderIdentity, renewTime } = lease?.spec ?? {};
  return {
    machine: holderIdentity?.replace(/_[0-9a-f-]{36}$/, ''),
    isStale: Boolean(renewTime) && secondsSince(renewTime ?? '', now) > limits.runOutSeconds,
  };
}

/** `null`: there was no such run, or nothing of it is left. */
async function logOf(kube: Readers['kube'], { name, container }: StaticPod, previous: boolean): Promise<string | null> {
  try {
    const options = { namespace: 'kube-system', container, lines: MOST_LINES };
    return await kube.logs(name, previous ? { ...options, previous } : options);
  } catch (thrown) {
    if (thrown instanceof ReadFailure && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}

interface Log {
  readonly readAt: Date;
  readonly isServer: boolean;
}

function runOf(text: string | null, log: Log): Run | null {
  if (text === null) return null;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const ending = Math.max(
    lines.length - LAST_LINES,
    lines.findLastIndex((line) => PANICS.test(line)),
  );
  const signs = lines.flatMap((line, index) => signIn(line, log, index >= ending));
  const latest = new Map(signs.map((sign) => [`${sign.kind} ${sign.isOwn}`, sign]));
  return {
    signs: [...latest.values()],
    last: short(lines.at(-1) ?? ''),
  };
}

function signIn(line: string, { readAt, isServer }: Log, isLast: boolean): Sign[] {
  const at = timeOf(line, readAt);
  const isToEtcd = isServer && TO_ETCD.test(line);
  const isInfo = /^[IW]\d{4} /.test(line) && !patterns[1]?.[1].test(line);
  if (isInfo && !isToEtcd) return [];
  // An API server is refused by the servers it asks for others (metrics-server, webhooks): that is no certificate of its own.
  const isRefused = /\bUnauthorized\b/.test(line);
  if (isRefused && (isServer || BEHIND_THE_API.test(line))) return [];
  const kind = patterns.find(([, pattern]) => pattern.test(line))?.[0];
  if (kind === undefined) return [];
  if (mayBeOfOthers.includes(kind) && OF_OTHERS.test(line)) return [];
  // A file that is missing is said of many things while it goes on: what keeps it from starting it says as it ends.
  if (kind === 'flag' && /^E\d{4} /.test(line) && !OWN.test(line)) return [];
  if ((kind === 'unanswered' || kind === 'flag') && ELSEWHERE.test(line)) return [];
  // That etcd does not answer yet is said in passing whenever an API server starts; a certificate does not mend itself.
  if (isToEtcd && !isOfCertificate(kind)) return [];
  const isOwn = OWN.test(line) || OWN_WATCH.test(line) || isToEtcd;
  return [{ kind, line: short(line), isLast, isOwn, ...(at ? { at } : {}) }];
}

function short(line: string): string {
  const text = line.replace(/^[IWEF]\d{4} [\d:.]+\s+\d+ /, '').trim();
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
}

function runWords(run: Run | null): string {
  if (run === null) return 'it has no log';
  const sign = run.signs[0];
  if (sign) return `${sign.at ? `${clockTime(sign.at)} ` : ''}${sign.line}`;
  return run.last ? `last line: ${run.last}` : 'it wrote nothing';
}
