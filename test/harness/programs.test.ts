import { afterEach, describe, expect, test, vi } from 'vitest';
import { lacking, needs, pathOf } from './programs.ts';

const onAnEmptyMachine = (ci: string) => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('KUBEBUILDER_ASSETS', '/nowhere');
  vi.stubEnv('XDG_CACHE_HOME', '/nowhere');
  vi.stubEnv('CI', ci);
};

describe('a test that needs programs which are not here', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  test('is skipped with a line that names what to install', () => {
    onAnEmptyMachine('');
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const reason = needs('etcd', 'kube-apiserver', 'kube-controller-manager');
    expect(reason).toContain('needs etcd, kube-apiserver, kube-controller-manager');
    expect(reason).toContain('apt-get install etcd-server; bash .ci/build-kubernetes');
    expect(written).toHaveBeenCalledWith(`SKIPPED, ${reason}\n`);
  });

  test('fails with CI=true', () => {
    onAnEmptyMachine('true');
    expect(() => needs('etcd')).toThrow('with CI=true nothing is skipped; this test needs etcd');
    expect(() => lacking('needs a mount')).toThrow('with CI=true nothing is skipped; this test needs a mount');
  });

  test('gets an error with the remedy when it asks for one all the same', () => {
    onAnEmptyMachine('');
    expect(() => pathOf('strace')).toThrow('apt-get install strace');
  });
});
