import { describe, expect, it } from 'vitest';
import { look, reportOf } from './looking.ts';
import { COREFILE, lines } from './objects.ts';
import { writing } from './told.ts';

const commandsOf = async (name: string) =>
  (await reportOf(name)).manualSteps.flatMap(({ steps }) =>
    steps.flatMap((step) => ('command' in step && step.command ? [step.command] : [])),
  );

describe('the cluster DNS of RKE2', () => {
  it('is found under the names of its chart, by the labels of its pods', async () => {
    const { evidence } = await reportOf('rke2-and-well');
    const asked = evidence.map(({ query }) => query).join('\n');

    expect(asked).toContain('get Service kube-system/rke2-coredns-rke2-coredns');
    expect(asked).toContain('get ConfigMap kube-system/rke2-coredns-rke2-coredns');
    expect(asked).toContain('kubernetes.io/service-name=rke2-coredns-rke2-coredns');
    expect(evidence.find(({ id }) => id === 'service')?.shown).toMatch(/^rke2-coredns-rke2-coredns is 10\.96\.0\.10/);
  });

  it('is mended by its own names, and in the chart that would write over it', async () => {
    const report = await reportOf('rke2-with-a-broken-corefile');
    const steps = report.manualSteps.flatMap(({ steps }) => steps.map(({ title }) => title));
    const commands = (await commandsOf('rke2-with-a-broken-corefile')).join('\n');

    expect(steps).toContain('Write it into HelmChartConfig rke2-coredns in kube-system as well');
    expect(commands).toContain('edit configmap rke2-coredns-rke2-coredns');
    expect(commands).not.toMatch(/(configmap|deployment) coredns\b/);
    expect(report.remedies.every((remedy) => 'unavailable' in remedy)).toBe(true);
  });

  it('gets its rights back from its chart, for the account that its pods have', async () => {
    const labels = { 'k8s-app': 'kube-dns', 'app.kubernetes.io/name': 'rke2-coredns' };
    const world = writing([
      ...lines.forbidden,
      ...lines.forbidden,
      ...lines.forbidden,
      ...lines.forbidden,
      ...lines.forbidden,
    ]);
    const pods = world.pods.map((pod) => ({ ...pod, labels }));
    const { manualSteps } = await look({ ...world, pods, named: 'rke2-coredns-rke2-coredns', deployment: null });
    const text = JSON.stringify(manualSteps.find(({ id }) => id === 'mendRights'));

    expect(text).toContain('helm -n kube-system get manifest rke2-coredns | kubectl auth reconcile -f -');
    expect(text).toContain('.spec.serviceAccountName');
    expect(text).not.toMatch(/kubeadm|kube-system:coredns/);
  });

  it('without its Service is told from a product whose names are not known', async () => {
    const reasonOf = async (name: string) =>
      (await reportOf(name)).causes.find(({ id }) => id === 'serviceAstray')?.reason;

    expect(await reasonOf('rke2-without-its-service')).toBe(
      'there is no Service kube-system/rke2-coredns-rke2-coredns',
    );
    expect(await reasonOf('service-of-another-name')).toContain('here they have other names');
  });
});

describe('a Corefile that is written over, and imports what people add', () => {
  it.each([
    ['mendCorefile', lines.reload],
    ['mendUpstream', lines.timeouts(60)],
  ])('is named before the step that would be lost: %s', async (fix, said) => {
    const imports = COREFILE.replace('    loop\n', '    loop\n    import /etc/coredns/custom/*.override\n');
    const stepsOf = async (corefile: string) =>
      (await look(writing(said, { corefile, upstreams: {} }))).manualSteps
        .find(({ id }) => id === fix)
        ?.steps.map(({ kind, title }) => `${kind}: ${title}`) ?? [];
    const advice =
      'advice: Its Corefile imports files: with AKS, K3s and others write into ConfigMap coredns-custom instead';

    const steps = await stepsOf(imports);
    expect(steps.indexOf(advice)).toBe(steps.findIndex((step) => step.startsWith('change: ')) - 1);
    expect(await stepsOf(COREFILE)).not.toContain(advice);
  });
});

describe('what is not there', () => {
  it('is named as both kinds of cluster call it', async () => {
    const { evidence } = await reportOf('service-of-another-name');
    const shown = (wanted: string) => evidence.find(({ id }) => id === wanted)?.shown;

    expect(shown('service')).toBe('there is no Service kube-dns (RKE2: rke2-coredns-rke2-coredns) in kube-system');
    expect(shown('corefile')).toBe('there is no ConfigMap coredns (RKE2: rke2-coredns-rke2-coredns) in kube-system');
  });
});

describe('a DNS that is not in kube-system', () => {
  it('leaves everything open, and the card says who runs it where', async () => {
    const { causes, recovered } = await reportOf('openshift-or-cloud-dns');

    expect(causes.filter(({ verdict }) => verdict === 'confirmed')).toEqual([]);
    expect(recovered.reason).toContain('OpenShift runs it in openshift-dns');
  });

  it('and other clusters keep their own commands', async () => {
    expect((await commandsOf('directive-unknown')).join('\n')).toContain('edit configmap coredns');
  });
});
