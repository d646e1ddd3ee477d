import { type AnyRunbook, anyRunbook } from '../engine/runbook.ts';
import { runbook as etcdHeartbeat } from './etcd-heartbeat/index.ts';
import { runbook as nodeNotReady } from './node-not-ready/index.ts';

/** Every runbook, in the order it is listed. Adding one is one line here. */
export const catalog: readonly AnyRunbook[] = [anyRunbook(etcdHeartbeat), anyRunbook(nodeNotReady)];
