import * as z from 'zod';
import { WriteFailure, type WriteLimits, type Writer } from '../../engine/action.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Source } from '../../engine/readers.ts';
import { asWriteFailure } from './refusal.ts';

const MAX_BYTES = 256 * 1024;
const Namespace = z.object({ metadata: z.object({ uid: z.string().min(1) }) });

/**
 * Writes only to the very cluster that was looked at. Two kubeconfigs under one name may lead to two clusters, and what
 * is created there names no uid by which an API server could tell. Asked before the first write, then known.
 */
export function onlyWhereLooked(writer: Writer, reader: Source, fixer: Source): Writer {
  let same: Promise<void> | undefined;

  function checked(limits: WriteLimits): Promise<void> {
    same ??= leadToOneCluster(reader, fixer, limits).catch((failure: unknown) => {
      same = undefined;
      throw failure;
    });
    return same;
  }

  return {
    rehearse: async (action, limits) => {
      await checked(limits);
      return writer.rehearse(action, limits);
    },
    apply: async (action, limits) => {
      await checked(limits);
      return writer.apply(action, limits);
    },
  };
}

/** Throws `WriteFailure` where they do not, or where one of them cannot ask. */
export async function leadToOneCluster(reader: Source, fixer: Source, limits: WriteLimits): Promise<void> {
  const [looked, changed] = await Promise.all([
    uidOf(reader, 'nightshift-reader', limits),
    uidOf(fixer, 'nightshift-fixer', limits),
  ]);
  if (looked === changed) return;
  const words =
    'the credentials that look at the cluster and those that change it lead to two different clusters (their namespaces kube-system differ): mend the kubeconfigs of clusters[].kubernetes and clusters[].fixer';
  throw new WriteFailure('invalid', words, false);
}

async function uidOf(source: Source, role: string, limits: WriteLimits): Promise<string> {
  try {
    const request = { verb: 'get', kind: 'Namespace', name: 'kube-system', fresh: true } as const;
    const { body } = await source.read(request, { ...limits, maxBytes: MAX_BYTES });
    return Namespace.parse(body).metadata.uid;
  } catch (failure) {
    throw failure instanceof ReadFailure ? asWriteFailure(advised(failure, role), false) : failure;
  }
}

/** That one object needs no right in all namespaces: a Role for it is among what we print. */
function advised(failure: ReadFailure, role: string): ReadFailure {
  if (failure.kind !== 'forbidden') return failure;
  const remedy = `Bind the Role ${role} in namespace kube-system, which nightshift manifests rbac prints, to these credentials.`;
  return new ReadFailure('forbidden', failure.message, { remedy });
}
