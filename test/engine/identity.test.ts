import { describe, expect, it } from 'vitest';
import { guessTarget } from '../../engine/guess.ts';
import { night, nodeAlert } from './night.ts';

/** As the Helm chart sends it: the pod, service and instance are those of kube-state-metrics. */
const scraped = {
  job: 'kube-state-metrics',
  instance: '10.1.2.3:8080',
  pod: 'prometheus-kube-state-metrics-abc',
  service: 'prometheus-kube-state-metrics',
};

function alert(name: string, labels: Record<string, string>, startsAt = '2026-11-21T02:59:00.000Z') {
  const all = { alertname: name, ...labels };
  const fingerprint = JSON.stringify(all);
  return { ...nodeAlert(''), startsAt, labels: all, fingerprint };
}

describe('an alert no runbook answers', () => {
  it('has the card of the object its labels name', async () => {
    await using tonight = await night();
    const name = 'KubeDeploymentReplicasMismatch';

    await tonight.send(
      alert(name, { ...scraped, namespace: 'shop', deployment: 'cart' }),
      alert(name, { ...scraped, namespace: 'payments', deployment: 'ledger', severity: 'critical' }),
    );
    await tonight.settle();

    expect(tonight.channel.cards().map(({ target }) => target)).toEqual([
      'Deployment shop/cart',
      'Deployment payments/ledger',
    ]);
  });

  it.each([
    [{ ...scraped, namespace: 'shop', persistentvolumeclaim: 'data-0', node: 'worker-1' }, 'PersistentVolumeClaim'],
    [{ ...scraped, namespace: 'shop', job_name: 'nightly' }, 'Job'],
    [{ ...scraped, namespace: 'shop', statefulset: 'db' }, 'StatefulSet'],
    [{ ...scraped, namespace: 'shop', daemonset: 'agent' }, 'DaemonSet'],
    [{ ...scraped, namespace: 'shop', horizontalpodautoscaler: 'cart' }, 'HorizontalPodAutoscaler'],
    [{ namespace: 'shop', resource: 'cpu' }, 'Namespace'],
  ])('is about the object, not about what saw it: %o', (labels, resource) => {
    expect(guessTarget(labels)).toMatchObject({ target: { kind: 'Object', resource } });
  });

  it('shares its card with no other whose labels tell of another problem, but with its other severity', async () => {
    await using tonight = await night();

    await tonight.send(
      alert('OperatorDown', { name: 'dns', severity: 'warning' }),
      alert('OperatorDown', { name: 'dns', severity: 'critical' }),
      alert('OperatorDown', { name: 'ingress', severity: 'warning' }),
    );
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    expect(tonight.channel.cards().map(({ alert, notes }) => [alert?.labels.name, notes.slice(1)])).toEqual([
      ['dns', ['Also firing: OperatorDown (severity=warning)']],
      ['ingress', []],
    ]);
  });

  it('finds its card again when it is resolved', async () => {
    await using tonight = await night();
    const [dns, ingress] = ['dns', 'ingress'].map((name) => alert('OperatorDown', { name }));
    if (!dns || !ingress) throw new Error('two alerts');
    await tonight.send(dns, ingress);
    await tonight.settle();

    await tonight.send({ ...ingress, status: 'resolved' });
    await tonight.settle();

    expect(tonight.channel.cards().map(({ state }) => state)).toEqual(['undiagnosed', 'closed']);
  });

  it('shares a card with a flood of its like, which names them', async () => {
    await using tonight = await night();

    await tonight.send(
      ...Array.from({ length: 30 }, (_, index) => alert('ProbeFailed', { job: 'web', to: `t${index}` })),
    );
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    const card = tonight.channel.cards().find(({ title }) => title.endsWith('at once'));
    expect(card?.title).toBe('30 alerts at once');
    expect(card?.notes.join()).toContain('alert/ProbeFailed{job=web, to=t0}');
    expect(tonight.channel.cards().length).toBeLessThanOrEqual(4);
  });
});

describe('the alerts of a card', () => {
  it('are on it while they fire, each with the labels that differ and without secrets', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    const other = nodeAlert('worker-3', { name: 'NodeUnwellToo', labels: { to: 'b', password: 'hunter2secret' } });
    await tonight.send(nodeAlert('worker-3'), other);
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();
    expect(tonight.channel.cards()[0]?.notes).toEqual([
      expect.stringMatching(/^Also firing: NodeUnwellToo \(to=b, password=(?!hunter2)/),
    ]);

    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    await tonight.settle();
    const [card] = tonight.channel.cards();
    expect([card?.title, card?.notes.join()]).toEqual(['Node worker-3: NodeUnwellToo', 'Joined by NodeUnwell']);

    await tonight.send({ ...other, status: 'resolved' });
    await tonight.settle();
    expect(tonight.channel.cards()[0]?.notes.join()).not.toContain('Also firing');
  });

  it('say nothing of when it began if the sender left that out', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    const never = '0001-01-01T00:00:00Z';
    await tonight.send(nodeAlert('worker-3', { startsAt: never }));
    await tonight.settle();
    expect(tonight.channel.cards()[0]?.since).toBeUndefined();

    await tonight.send(
      nodeAlert('worker-3', { name: 'NodeUnwellToo' }),
      nodeAlert('worker-3', { name: 'ExporterUnwell', startsAt: never }),
    );
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();
    expect(tonight.channel.cards()[0]?.since).toEqual(new Date('2026-11-21T02:59:00Z'));
  });
});
