import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';

const ourRules = process.env.E2E_RULES ?? join(import.meta.dirname, '../../../infra/prometheus/rules');

const ruleFileSchema = z.looseObject({
  groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ for: z.string().optional() })) })),
});

/**
 * Copies of our own alert rules for Prometheus, in `folder`. Only `for` is changed, and only where it is longer than
 * `longestForSeconds`: a test cannot wait five minutes. Expressions, labels and annotations are those of the file.
 */
export async function ourRulesWithShorterFor(folder: string, longestForSeconds: number): Promise<readonly string[]> {
  const files = (await readdir(ourRules)).filter((name) => /^[\w-]+\.ya?ml$/.test(name));
  if (files.length === 0) throw new Error(`there are no alert rules in ${ourRules}`);
  return Promise.all(
    files.map(async (name) => {
      const { groups, ...rest } = ruleFileSchema.parse(parse(await readFile(join(ourRules, name), 'utf8')));
      const shorter = groups.map((group) => ({
        ...group,
        rules: group.rules.map((rule) =>
          seconds(rule.for) > longestForSeconds ? { ...rule, for: `${longestForSeconds}s` } : rule,
        ),
      }));
      const path = join(folder, name);
      await writeFile(path, stringify({ ...rest, groups: shorter }));
      return path;
    }),
  );
}

/** `90s`, `5m`, `1h`, as our rules write durations. */
function seconds(duration = '0s'): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(duration) ?? [];
  if (amount === undefined) throw new Error(`a duration that this test does not read: ${duration}`);
  return Number(amount) * { s: 1, m: 60, h: 3_600 }[unit as 's' | 'm' | 'h'];
}
