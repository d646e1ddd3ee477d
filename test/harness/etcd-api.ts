import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** The few calls of etcd's v3 API that tests make, over its JSON gateway (etcd documentation, "gRPC gateway"). */
export interface EtcdApi {
  status(): Promise<EtcdStatus>;
  /** Throws with etcd's words, such as "etcdserver: mvcc: database space exceeded". */
  put(key: string, valueBytes: number): Promise<void>;
  /** Alarms raised now, such as ["NOSPACE"], one per member concerned. */
  alarms(): Promise<readonly string[]>;
  /** What one does when the quota is hit, but for disarming the alarm: deletes these keys, and compacts. */
  clear(prefix: string): Promise<void>;
  /** Gives the room that was freed back; of this member only. */
  defragment(): Promise<void>;
  /** Takes a member out of the cluster, by its id as `status` says it. */
  removeMember(memberId: string): Promise<void>;
  /** Announces a member that will be started at this peer URL. */
  addMember(peerUrl: string): Promise<void>;
}

export interface EtcdStatus {
  readonly memberId: string;
  /** "0" while there is none. */
  readonly leaderId: string;
}

const statusSchema = z.object({
  header: z.object({ member_id: z.string() }),
  leader: z.string().default('0'),
});
const revisionSchema = z.object({ header: z.object({ revision: z.string() }) });
const alarmsSchema = z.object({ alarms: z.array(z.object({ alarm: z.string() })).default([]) });
const refusalSchema = z.object({ message: z.string() });

const putDeadlineMs = 5_000;
const lookDeadlineMs = 2_000;

export function etcdApi(clientUrl: string): EtcdApi {
  const call = async (method: string, body: object, deadlineMs = lookDeadlineMs): Promise<unknown> => {
    const answer = await fetch(`${clientUrl}/v3/${method}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(deadlineMs),
    });
    const json: unknown = await answer.json();
    if (!answer.ok) throw new Error(refusalSchema.safeParse(json).data?.message ?? `${method}: ${answer.status}`);
    return json;
  };
  return {
    status: async () => {
      const { header, leader } = statusSchema.parse(await call('maintenance/status', {}));
      return { memberId: header.member_id, leaderId: leader };
    },
    put: async (key, valueBytes) => {
      await call('kv/put', { key: btoa(key), value: Buffer.alloc(valueBytes, 'x').toString('base64') }, putDeadlineMs);
    },
    alarms: async () =>
      alarmsSchema.parse(await call('maintenance/alarm', { action: 'GET' })).alarms.map(({ alarm }) => alarm),
    clear: async (prefix) => {
      const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
      const deleted = await call('kv/deleterange', { key: btoa(prefix), range_end: btoa(end) }, putDeadlineMs);
      const { revision } = revisionSchema.parse(deleted).header;
      await call('kv/compaction', { revision, physical: true }, putDeadlineMs);
    },
    defragment: async () => void (await call('maintenance/defragment', {}, putDeadlineMs)),
    removeMember: async (ID) => void (await call('cluster/member/remove', { ID })),
    addMember: async (peerUrl) => void (await call('cluster/member/add', { peerURLs: [peerUrl] })),
  };
}

/** Who leads, by the word of any of these that answers. */
export async function asLeader<Member extends EtcdApi>(members: readonly Member[]): Promise<Member | undefined> {
  const answers = await Promise.allSettled(members.map((member) => member.status()));
  const leaders = new Set(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.leaderId] : [])));
  return members.find((_, index) => {
    const answer = answers[index];
    return answer?.status === 'fulfilled' && leaders.size === 1 && leaders.has(answer.value.memberId);
  });
}

export interface PutLoad extends AsyncDisposable {
  readonly done: number;
  readonly failed: number;
}

/** Puts small values one after the other, with a pause between, until disposed of. */
export function putLoad(to: EtcdApi, { everyMs = 20, valueBytes = 100 } = {}): PutLoad {
  const counts = { done: 0, failed: 0 };
  let going = true;
  const loop = (async () => {
    for (let index = 0; going; index += 1) {
      await to.put(`load/${index % 100}`, valueBytes).then(
        () => {
          counts.done += 1;
        },
        () => {
          counts.failed += 1;
        },
      );
      await sleep(everyMs);
    }
  })();
  return {
    get done() {
      return counts.done;
    },
    get failed() {
      return counts.failed;
    },
    [Symbol.asyncDispose]: async () => {
      going = false;
      await loop;
    },
  };
}
