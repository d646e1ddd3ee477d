import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ruleFiles, ruleNames, rulesYaml } from '../../infra/prometheus/rules.ts';
import { needs } from '../harness/programs.ts';
import { promtool } from '../harness/promtool.ts';
import { tempDir } from '../harness/temp.ts';

const folder = join(import.meta.dirname, '../../infra/prometheus/rules');
const testOf = (file: string) => file.replace(/\.yaml$/, '.test.yaml');

interface RuleTest {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const asked = ruleFiles.flatMap((file) => {
  const { tests } = parse(readFileSync(join(folder, testOf(file)), 'utf8')) as RuleTest;
  return tests.flatMap(({ alert_rule_test }) => alert_rule_test);
});

describe.skipIf(needs('promtool'))('our alert rules', () => {
  it.each(ruleFiles)('in %s fire on the trouble they are about, and stay silent without it', async (file) => {
    expect(await promtool('test', 'rules', join(folder, testOf(file)))).toContain('SUCCESS');
  });

  it('are accepted by Prometheus as the one file that is printed', async () => {
    await using place = await tempDir('rules');
    const file = join(place.path, 'rules.yaml');
    await writeFile(
      file,
      rulesYaml(() => true),
    );

    expect(await promtool('check', 'rules', file)).toMatch(/SUCCESS: \d+ rules found/);
  });
});

describe('every alert of our rules', () => {
  it.each(ruleNames)('%s is shown to fire, and to stay silent', (name) => {
    const answers = asked.filter(({ alertname }) => alertname === name).map(({ exp_alerts }) => exp_alerts.length > 0);
    expect(new Set(answers)).toEqual(new Set([true, false]));
  });
});
