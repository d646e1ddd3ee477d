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

  async function compare(limits: WriteLimits): Promise<void> {
    const [looked, changed] = await Promise.all([uidOf(reader, limits), uidOf(fixer, limits)]);
    if (looked === changed) return;
    const words =
      'the credentials that look at the cluster and those that change it lead to two different clusters (their namespaces kube-system differ): mend the kubeconfigs of clusters[].kubernetes and clusters[].fixer';
    throw new WriteFailure('invalid', words, false);
  }

  function checked(limits: WriteLimits): Promise<void> {
    same ??= compare(limits).catch((failure: unknown) => {
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

async function uidOf(source: Source, limits: WriteLimits): Promise<string> {
  try {
    const request = { verb: 'get', kind: 'Namespace', name: 'kube-system', fresh: true } as const;
    const { body } = await source.read(request, { ...limits, maxBytes: MAX_BYTES });
    return Namespace.parse(body).metadata.uid;
  } catch (failure) {
    throw failure instanceof ReadFailure ? asWriteFailure(failure, false) : failure;
  }
}
