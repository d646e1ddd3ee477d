import { readdirSync, readFileSync } from 'node:fs';
import { Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';

const folder = new URL('./rules/', import.meta.url);

/** Our alert rules, by file: what the usual bundles do not see. Beside each stand its tests. */
export const ruleFiles: readonly string[] = readdirSync(folder)
  .filter((file) => /^[\w-]+\.yaml$/.test(file))
  .sort();

export function ruleFile(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

/** The names of the alerts in our rules. */
export const ruleNames: readonly string[] = [
  ...new Set(
    ruleFiles.flatMap((file) => [...ruleFile(file).matchAll(/- alert: (\w+)/g)].flatMap(([, name]) => name ?? [])),
  ),
];

/** All groups as one rule file, comments and all. `wanted`: whether an alert's rules are to be in it. */
export function rulesYaml(wanted: (alert: string) => boolean): string {
  const groups = ruleFiles.flatMap(groupsIn).filter((group) => {
    const rules = group.get('rules');
    if (!isSeq(rules)) return false;
    rules.items = rules.items.filter((rule) => isMap(rule) && wanted(String(rule.get('alert'))));
    return rules.items.length > 0;
  });
  const document = new Document({});
  document.set('groups', groups);
  return document.toString({ lineWidth: 0 });
}

/** Each with what stands above its file. */
function groupsIn(file: string): readonly YAMLMap[] {
  const contents: unknown = parseDocument(ruleFile(file)).contents;
  const [pair] = isMap(contents) ? contents.items : [];
  if (!isScalar(pair?.key) || !isSeq(pair.value)) throw new Error(`${file} holds no groups`);
  const groups = pair.value.items.filter((item) => isMap(item));
  const [first] = groups;
  const about = pair.key.commentBefore ?? '';
  if (first) first.commentBefore = about.replace(/ *Check with: promtool test rules.*/, '').trimEnd();
  return groups;
}
