import { describe, expect, it } from 'vitest';
import { items } from './acts.ts';
import { type Json, stage } from './practice.ts';
import { read, real, written } from './recordings.ts';

const NODE = '/api/v1/nodes/worker-1';
const FLOW = '/apis/flowcontrol.apiserver.k8s.io/v1';
const BY = 'fieldManager=nightshift';

describe('API priority and fairness', () => {
  const spec = {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: 5,
      limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: 4, queueLengthLimit: 50 } },
    },
  };
  const { apiVersion: _, kind, metadata, spec: flowSpec } = real('fs create dangling');

  it('is served with the levels and flows of every API server, in the shape of the recorded', async () => {
    await using on = await stage();
    const names = (body: Json) => items(body).map((item) => String(item.metadata?.name));
    const flows = await read(on, `${FLOW}/flowschemas`);
    const levels = await read(on, `${FLOW}/prioritylevelconfigurations`);
    const mine = items(flows).find((flow) => String(flow.metadata?.name) === 'service-accounts') ?? {};
    const { headers } = await on.get(NODE);

    expect(names(flows)).toEqual(expect.arrayContaining(['catch-all', 'exempt', 'service-accounts', 'system-nodes']));
    expect(names(levels)).toEqual(expect.arrayContaining(['catch-all', 'exempt', 'workload-low', 'leader-election']));
    expect(Object.keys(mine.spec ?? {}).sort()).toEqual(Object.keys(flowSpec ?? {}).sort());
    // The flow that a request says it belonged to can be looked up.
    expect(headers.get('x-kubernetes-pf-flowschema-uid')).toBe(String(mine.metadata?.uid));
  });

  it('takes a flow whose level is missing, and sees it once it is there', async () => {
    await using on = await stage();
    const conditionOf = async () => (await read(on, `${FLOW}/flowschemas/nightshift-x`)).status?.conditions?.[0] ?? {};
    const { lastTransitionTime: _a, ...missing } = real('fs dangling').status?.conditions?.[0] ?? {};
    const { lastTransitionTime: _b, ...found } = real('fs found').status?.conditions?.[0] ?? {};
    const flow = { kind, metadata: { name: metadata?.name }, spec: flowSpec };
    const dry = await on.send('POST', `${FLOW}/flowschemas?dryRun=All&${BY}`, flow);
    const absent = await on.get(`${FLOW}/flowschemas/nightshift-x`);
    const { status, body: answer } = await on.send('POST', `${FLOW}/flowschemas?${BY}`, flow);
    on.wait(1);
    const atFirst = await conditionOf();
    const made = { metadata: { name: 'nightshift-x', annotations: { 'nightshift.dev/plan': 'abc' } }, spec };
    const { body: level } = await on.send('POST', `${FLOW}/prioritylevelconfigurations?${BY}`, made);
    on.wait(1);

    expect([dry.status, absent.status, status]).toEqual([201, 404, 201]);
    expect(answer).toMatchObject({ kind: 'FlowSchema', spec: flowSpec, status: {} });
    expect(written(answer)).toEqual(written(real('fs create dangling')));
    expect(atFirst).toMatchObject(missing);
    expect(await conditionOf()).toMatchObject(found);
    expect(level.metadata?.annotations).toEqual(real('plc create').metadata?.annotations);
    expect(written(level)[0]?.fieldsV1?.['f:metadata']).toEqual(
      written(real('plc create'))[0]?.fieldsV1?.['f:metadata'],
    );
  });

  it('gives back what it was given: another object under the same name has another uid', async () => {
    await using on = await stage();
    const levels = `${FLOW}/prioritylevelconfigurations`;
    const make = async () => (await on.send('POST', levels, { metadata: { name: 'x' }, spec })).body.metadata ?? {};
    const first = await make();
    await on.send('DELETE', `${levels}/x`, { preconditions: { uid: first.uid } });
    const gone = await on.get(`${levels}/x`);
    on.wait(1);
    const second = await make();

    expect(gone.status).toBe(404);
    expect(second.uid).not.toBe(first.uid);
    expect(Number(second.resourceVersion)).toBeGreaterThan(Number(first.resourceVersion));
  });
});

describe('HorizontalPodAutoscalers', () => {
  it('are served as autoscaling/v2', async () => {
    await using on = await stage();
    const [hpa] = items(await read(on, '/apis/autoscaling/v2/horizontalpodautoscalers'));

    expect(Object.keys(hpa?.spec ?? {}).sort()).toEqual(Object.keys(real('hpa v2').spec ?? {}).sort());
    expect(hpa?.spec?.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'query' });
    expect(hpa?.spec?.metrics).toEqual(real('hpa v2').spec?.metrics);
  });
});
