import { describe, expect, it } from 'vitest';
import { examples, runbookNamed, targetFor } from '../../../functions/cli/investigate.ts';
import { catalog } from '../../../runbooks/catalog.ts';

const any = runbookNamed('any-alert', catalog);
const api = runbookNamed('api-429', catalog);

describe('what a person types as a target', () => {
  it.each(['pod/shop/reports-0', 'pods/shop/reports-0', 'Pod/shop/reports-0', 'po/shop/reports-0'])(
    'may spell its kind as kubectl takes it: %s',
    (text) => {
      expect(targetFor(any, text)).toEqual({ kind: 'Pod', namespace: 'shop', name: 'reports-0' });
    },
  );

  it('may be a node or a component by its name alone, where the runbook is about such', () => {
    expect(targetFor(runbookNamed('node-not-ready', catalog), 'worker-3')).toEqual({ kind: 'Node', name: 'worker-3' });
    expect(targetFor(api, 'kube-apiserver')).toMatchObject({ kind: 'Component', name: 'kube-apiserver' });
    expect(targetFor(any, 'deploy/shop/web')).toMatchObject({ resource: 'Deployment', name: 'web' });
    expect(targetFor(any, 'nodes/worker-3')).toEqual({ kind: 'Node', name: 'worker-3' });
  });

  it.each(['pod/shop', 'podz/shop/reports-0', 'pod/shop/a/b'])(
    'is no component because nothing else fits: %s',
    (text) => {
      expect(() => targetFor(any, text)).toThrow(`any-alert cannot look at ${text}; give it node/NAME or pod/`);
    },
  );

  it.each(catalog)('has an example for every runbook: $id', (runbook) => {
    expect(examples(runbook).length).toBeGreaterThan(0);
  });

  it('is asked for by name where the runbook is about one component', () => {
    expect(() => targetFor(api, 'cluster')).toThrow('api-429 cannot look at cluster; give it component/kube-apiserver');
  });
});
