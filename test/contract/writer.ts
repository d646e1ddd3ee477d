import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  type Action,
  type ObjectRef,
  type WriteAnswer,
  WriteFailure,
  type WriteFailureKind,
  type Writer,
} from '../../engine/action.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Source } from '../../engine/readers.ts';
import { until } from '../harness/until.ts';

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** A cluster to be changed. Everything named exists when the suite begins; what it changes it does not put back. */
export interface WriterUnderTest {
  readonly writer: Writer;
  readonly source: Source;
  /** Not cordoned. */
  readonly node: string;
  /** Two pods of no budget. */
  readonly free: readonly [PodName, PodName];
  /** A pod whose budget allows no eviction, and the budget's name. */
  readonly guarded: PodName & { readonly budget: string };
  /** A Deployment with two replicas. */
  readonly deployment: { readonly namespace: string; readonly name: string };
  close(): Promise<void>;
}

/** What this place serves; what it does not is reported as skipped. */
export interface WriterAbilities {
  readonly flowControl: boolean;
}

type Patch = Extract<Action, { verb: 'patch' }>;

const limits = { deadlineMs: 10_000 };
const ANOTHER_UID = '00000000-0000-4000-8000-000000000000';
const Read = z.looseObject({ metadata: z.looseObject({ uid: z.string(), resourceVersion: z.string() }) });
type Read = z.infer<typeof Read>;

/** What every `Writer` promises, whatever answers behind it. */
export function writerContract(name: string, abilities: WriterAbilities, open: () => Promise<WriterUnderTest>): void {
  describe(`${name} as a writer`, () => {
    let place: WriterUnderTest;
    beforeAll(async () => {
      place = await open();
    });
    afterAll(() => place.close());

    const node = (): ObjectRef => ({ kind: 'Node', name: place.node });
    const pod = (which: PodName) => ({ kind: 'Pod', namespace: which.namespace, name: which.name }) as const;
    const deployment = (): ObjectRef => ({ kind: 'Deployment', ...place.deployment });

    async function find(object: ObjectRef): Promise<Read | null> {
      const request = { verb: 'get', ...object, fresh: true } as const;
      const answer = await place.source.read(request, { deadlineMs: 10_000, maxBytes: 1_000_000 }).catch(absentAsNull);
      return answer && Read.parse(answer.body);
    }
    async function read(object: ObjectRef): Promise<Read> {
      const found = await find(object);
      if (!found) throw new Error(`${object.kind} ${object.name} does not exist`);
      return found;
    }
    /** Begins to go, or is gone. */
    async function isGoing(object: ObjectRef, uid: string): Promise<boolean> {
      const found = await find(object);
      return found?.metadata.uid !== uid || found.metadata.deletionTimestamp !== undefined;
    }
    /** Controllers write to what we just changed: taints, status. Whoever means the object as it is now reads it again. */
    const applied = (make: () => Promise<Action>): Promise<WriteAnswer> =>
      until('nobody to write to it meanwhile', async () => place.writer.apply(await make(), limits));
    const cordoning = async (unschedulable: boolean, metadata = {}): Promise<Patch> => {
      const { uid, resourceVersion } = (await read(node())).metadata;
      const body = { metadata: { uid, resourceVersion, ...metadata }, spec: { unschedulable } };
      return { verb: 'patch', object: node(), type: 'merge', body };
    };
    const isCordoned = async () => (await read(node())).spec;

    describe('a rehearsal', () => {
      it('of a patch answers the object as it would be, and says what was asked', async () => {
        const action = await cordoning(true);
        const { object, asked } = await place.writer.rehearse(action, limits);
        expect(object).toMatchObject({ kind: 'Node', spec: { unschedulable: true } });
        expect(asked).toBe(`PATCH /api/v1/nodes/${place.node}?fieldManager=nightshift&dryRun=All`);
      });

      it('changes nothing: neither by patch, nor by eviction, nor by deletion', async () => {
        const [victim] = place.free;
        const before = await read(pod(victim));
        const { uid } = before.metadata;
        await place.writer.rehearse(await cordoning(true), limits);
        await place.writer.rehearse({ verb: 'evict', object: pod(victim), uid }, limits);
        await place.writer.rehearse({ verb: 'delete', object: pod(victim), uid }, limits);
        expect(await isCordoned()).not.toMatchObject({ unschedulable: true });
        expect(await read(pod(victim))).toEqual(before);
      });

      it('shows what the API server drops: a misspelled field is not in the answer', async () => {
        const action = await cordoning(true);
        const misspelled = { ...action, body: { ...action.body, spec: { unschedulabel: true } } };
        const { object } = await place.writer.rehearse(misspelled, limits);
        expect(object).not.toMatchObject({ spec: { unschedulabel: true } });
      });
    });

    describe('a patch', () => {
      it('changes the object, and can be taken back', async () => {
        for (const wanted of [true, false]) {
          const { object } = await applied(() => cordoning(wanted));
          const shown = wanted ? { unschedulable: true } : {};
          expect(object).toMatchObject({ kind: 'Node', spec: shown });
          expect((await isCordoned()) ?? {}).toMatchObject(shown);
        }
        expect(await isCordoned()).not.toMatchObject({ unschedulable: true });
      });

      it('of the scale changes the replicas', async () => {
        const { uid } = (await read(deployment())).metadata;
        const body = { metadata: { uid }, spec: { replicas: 3 } };
        const action: Action = { verb: 'patch', object: deployment(), subresource: 'scale', type: 'merge', body };
        const rehearsed = await place.writer.rehearse(action, limits);
        expect(rehearsed.object).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
        expect(await read(deployment())).toMatchObject({ spec: { replicas: 2 } });
        await place.writer.apply(action, limits);
        expect(await read(deployment())).toMatchObject({ spec: { replicas: 3 } });
      });

      it('may be strategic: what it does not name stays', async () => {
        const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T03:00:00Z' };
        const resources = { requests: { cpu: '15m' } };
        const before = Deployment.parse(await read(deployment()));
        const [{ name, image } = { name: '', image: '' }] = before.spec.template.spec.containers;
        const template = { metadata: { annotations }, spec: { containers: [{ name, resources }] } };
        await applied(async () => {
          const { uid, resourceVersion } = (await read(deployment())).metadata;
          const body = { metadata: { uid, resourceVersion }, spec: { template } };
          return { verb: 'patch', object: deployment(), type: 'strategic', body };
        });
        const after = Deployment.parse(await read(deployment()));
        expect(after.spec.template.metadata.annotations).toMatchObject(annotations);
        expect(after.spec.template.spec.containers).toMatchObject([{ name, image, resources }]);
      });
    });

    describe.each(['rehearse', 'apply'] as const)('is refused (%s)', (how) => {
      const refusal = (action: Action, kind: WriteFailureKind) => refusedAs(place.writer[how](action, limits), kind);

      it('as a conflict when the object changed since', async () => {
        const before = await isCordoned();
        await refusal(await cordoning(true, { resourceVersion: '1' }), 'conflict');
        expect(await isCordoned()).toEqual(before);
      });

      it('as a conflict when it is another object of the same name', async () => {
        const [victim] = place.free;
        const before = await read(pod(victim));
        await refusal(await cordoning(true, { uid: ANOTHER_UID }), 'conflict');
        await refusal({ verb: 'delete', object: pod(victim), uid: ANOTHER_UID }, 'conflict');
        await refusal({ verb: 'evict', object: pod(victim), uid: ANOTHER_UID }, 'conflict');
        const scale = { metadata: { uid: ANOTHER_UID }, spec: { replicas: 1 } };
        await refusal(
          { verb: 'patch', object: deployment(), subresource: 'scale', type: 'merge', body: scale },
          'conflict',
        );
        expect(await read(pod(victim))).toEqual(before);
      });

      it('as not found when there is none', async () => {
        const object = { ...pod(place.free[0]), name: 'no-such-pod' };
        await refusal({ verb: 'delete', object, uid: ANOTHER_UID }, 'not-found');
        await refusal({ verb: 'evict', object, uid: ANOTHER_UID }, 'not-found');
        await refusal({ ...(await cordoning(true)), object: { kind: 'Node', name: 'no-such-node' } }, 'not-found');
      });

      it('as invalid when a value makes no sense, and the field is named', async () => {
        const { uid } = (await read(deployment())).metadata;
        const body = { metadata: { uid }, spec: { replicas: -1 } };
        const scale: Action = { verb: 'patch', object: deployment(), subresource: 'scale', type: 'merge', body };
        expect((await refusal(scale, 'invalid')).message).toContain('spec.replicas');
      });

      it('by a budget, which is named', async () => {
        const { guarded } = place;
        const { uid } = (await read(pod(guarded))).metadata;
        const failure = await refusal({ verb: 'evict', object: pod(guarded), uid }, 'budget');
        expect(failure.message).toContain(`${guarded.namespace}/${guarded.budget}`);
        expect(await isGoing(pod(guarded), uid)).toBe(false);
      });

      it('without being sent when there is no time left', async () => {
        const action = await cordoning(true);
        await refusedAs(place.writer[how](action, { deadlineMs: 0 }), 'timed-out');
        await refusedAs(place.writer[how](action, { ...limits, signal: AbortSignal.abort() }), 'timed-out');
        expect(await isCordoned()).not.toMatchObject({ unschedulable: true });
      });
    });

    describe('a pod', () => {
      it('is evicted', async () => {
        const [victim] = place.free;
        const { uid } = (await read(pod(victim))).metadata;
        const { asked } = await place.writer.apply({ verb: 'evict', object: pod(victim), uid }, limits);
        expect(asked).toBe(`POST /api/v1/namespaces/${victim.namespace}/pods/${victim.name}/eviction`);
        expect(await isGoing(pod(victim), uid)).toBe(true);
      });

      it('is deleted', async () => {
        const [, victim] = place.free;
        const { uid } = (await read(pod(victim))).metadata;
        await place.writer.apply({ verb: 'delete', object: pod(victim), uid }, limits);
        expect(await isGoing(pod(victim), uid)).toBe(true);
      });
    });

    it.skipIf(!abilities.flowControl)(
      'makes a priority level once, in whatever version, and takes it away',
      async () => {
        const object = { kind: 'PriorityLevelConfiguration', name: 'nightshift-contract' } as const;
        const limited = { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } };
        const action: Action = { verb: 'create', object, body: { spec: { type: 'Limited', limited } } };
        expect((await place.writer.rehearse(action, limits)).object).toMatchObject({ spec: { limited } });
        expect(await find(object)).toBeNull();
        expect((await place.writer.apply(action, limits)).object).toMatchObject({ spec: { limited } });
        const made = await read(object);
        expect(made).toMatchObject({ metadata: { name: object.name }, spec: { limited } });
        await refusedAs(place.writer.apply(action, limits), 'conflict');
        const { uid } = made.metadata;
        await refusedAs(place.writer.apply({ verb: 'delete', object, uid: ANOTHER_UID }, limits), 'conflict');
        await place.writer.rehearse({ verb: 'delete', object, uid }, limits);
        expect(await find(object)).not.toBeNull();
        await place.writer.apply({ verb: 'delete', object, uid }, limits);
        expect(await isGoing(object, uid)).toBe(true);
      },
    );
  });
}

const Deployment = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  spec: z.object({
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
      spec: z.object({ containers: z.array(z.looseObject({ name: z.string(), image: z.string() })) }),
    }),
  }),
});

function absentAsNull(failure: unknown): null {
  if (failure instanceof ReadFailure && failure.kind === 'not-found') return null;
  throw failure;
}

/** The failure of a write that must be refused: a `WriteFailure`, of this kind, and never in doubt. */
async function refusedAs(writing: Promise<unknown>, kind: WriteFailureKind): Promise<WriteFailure> {
  const thrown = await writing.then(
    () => new Error('the write succeeded'),
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof WriteFailure)) throw thrown;
  expect({ kind: thrown.kind, ambiguous: thrown.ambiguous, message: thrown.message }).toMatchObject({
    kind,
    ambiguous: false,
  });
  return thrown;
}
