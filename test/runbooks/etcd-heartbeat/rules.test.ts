import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { promtool, withoutPromtool } from './promtool.ts';

const rules = join(import.meta.dirname, '../../../infra/prometheus/rules');

describe.skipIf(withoutPromtool())('our alert rules for etcd', () => {
  it('are accepted by Prometheus', () => {
    expect(promtool('check', 'rules', join(rules, 'etcd.yaml'))).toContain('6 rules found');
  });

  it('fire on an etcd in trouble with the labels that name the member, and stay silent on a quiet one', () => {
    expect(promtool('test', 'rules', join(rules, 'etcd.test.yaml'))).toContain('SUCCESS');
  });
});
