import { type Action, type WriteAnswer, WriteFailure, type WriteLimits, type Writer } from '../../../engine/action.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import type { Answer, ReadLimits, ReadRequest } from '../../../engine/readers.ts';
import { clusterOver, type KubernetesCluster, kubeletsOver } from '../../kubernetes/client.ts';
import { userWith } from '../../kubernetes/credentials.ts';
import { inTime } from '../../kubernetes/http.ts';
import type { KubeletTrust } from '../../kubernetes/kubelets.ts';
import { linkTo } from '../../kubernetes/link.ts';
import type { Proxies } from '../../kubernetes/proxies.ts';
import { asWriteFailure } from '../../kubernetes/refusal.ts';
import { type EksPlace, eksAccess, whoIs } from './access.ts';
import { locator } from './locator.ts';

const MAX_BYTES = 256 * 1024;

export interface EksOptions extends EksPlace {
  /** Of Nightshift, for the User-Agent. */
  readonly version: string;
  readonly clock?: Clock;
  /** As `ClusterOptions` has it. */
  readonly kubelet?: KubeletTrust;
  /** On the way to the API server. */
  readonly proxies?: Proxies;
}

/**
 * An EKS cluster under one AWS identity, without keys of its own. Asks nobody anything until it is used: then EKS, where
 * the API server is, and the API server with a token that is renewed by itself. What AWS refuses is a failed read or
 * write like any other, and says what to do.
 */
export function eksCluster(options: EksOptions): Omit<KubernetesCluster, 'server'> {
  const { version, clock = { now: () => new Date() }, kubelet, proxies, ...place } = options;
  const access = eksAccess(place, clock);
  const located = locator({
    clock,
    describe: access.describe,
    connect: async ({ server, caData }) => {
      const cluster = { name: place.clusterName, server, caData, skipTLSVerify: false };
      const user = userWith(access.tokens, whoIs(place));
      const link = await linkTo({ name: place.clusterName, cluster, user }, version, proxies);
      return clusterOver(link, clock, await kubeletsOver(link, kubelet, version, clock));
    },
  });

  /** Its API server, and what is left of the time. */
  async function find<L extends WriteLimits>(limits: L, maxBytes: number) {
    const startedAt = performance.now();
    const cluster = await inTime({ ...limits, maxBytes }, (turn) => {
      turn.waitingFor(`AWS to say where the EKS cluster ${place.clusterName} is`);
      return located.cluster();
    });
    return { cluster, left: { ...limits, deadlineMs: limits.deadlineMs - (performance.now() - startedAt) } };
  }

  const found = async (deadlineMs: number) => (await find({ deadlineMs }, MAX_BYTES)).cluster.self;

  async function read(request: ReadRequest, limits: ReadLimits): Promise<Answer> {
    const { cluster, left } = await find(limits, limits.maxBytes);
    try {
      return await cluster.source.read(request, left);
    } catch (thrown) {
      // What a kubelet says is not the API server's word.
      if (!(thrown instanceof ReadFailure) || request.verb === 'kubelet') throw thrown;
      if (thrown.kind === 'unreachable') located.lost();
      throw refusedByCluster(thrown) ? new ReadFailure('unauthorized', ...notAdmitted(place)) : thrown;
    }
  }

  async function write(how: keyof Writer, action: Action, limits: WriteLimits): Promise<WriteAnswer> {
    const { cluster, left } = await find(limits, 0).catch((thrown: unknown) => {
      throw thrown instanceof ReadFailure ? asWriteFailure(thrown, false) : thrown;
    });
    try {
      return await cluster.writer[how](action, left);
    } catch (thrown) {
      if (!(thrown instanceof WriteFailure)) throw thrown;
      if (thrown.kind === 'unreachable') located.lost();
      const [message, advice] = notAdmitted(place);
      throw refusedByCluster(thrown) ? new WriteFailure('unauthorized', message, thrown.ambiguous, advice) : thrown;
    }
  }

  return {
    source: { read },
    self: {
      name: async (deadlineMs) => (await found(deadlineMs)).name(deadlineMs),
      may: async (deed, deadlineMs) => (await found(deadlineMs)).may(deed, deadlineMs),
    },
    writer: {
      rehearse: (action, limits) => write('rehearse', action, limits),
      apply: (action, limits) => write('apply', action, limits),
    },
    async close() {
      access.close();
      await located.close();
    },
  };
}

/** A 401 of the API server; when AWS is the one who refuses, its own answer is the cause. */
function refusedByCluster({ kind, cause }: ReadFailure | WriteFailure): boolean {
  return kind === 'unauthorized' && cause === undefined;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-k8s-group-access-entry.html */
function notAdmitted(place: EksPlace): [message: string, advice: { readonly remedy: string }] {
  const { region, clusterName, roleArn = 'ROLE (see: aws sts get-caller-identity)' } = place;
  const remedy = [
    `Give it an access entry: aws eks create-access-entry --region ${region} --cluster-name ${clusterName}`,
    `--principal-arn ${roleArn} --kubernetes-groups GROUP, where GROUP is bound to the rules that`,
    '`nightshift manifests rbac` prints. The authentication mode of the cluster must be API or API_AND_CONFIG_MAP,',
    'and the clock of this machine right.',
  ].join(' ');
  return [`the EKS cluster ${clusterName} does not accept the token of ${whoIs(place)} (401)`, { remedy }];
}
