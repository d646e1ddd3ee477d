import type { KubeObject } from './values.ts';

export type Test = (object: KubeObject) => boolean;

/** `spec.nodeName=worker-3,status.phase!=Failed`. Throws the API server's own words for a form it does not know. */
export function fieldTest(selector: string | null): Test {
  const tests = (selector ?? '')
    .split(',')
    .filter(Boolean)
    .map((term) => {
      const [, path, operator, value] = /^([^=!]+?)(==?|!=)(.*)$/.exec(term) ?? [];
      if (!path || !operator) throw new Error(`invalid selector: '${selector}'; can't understand '${term}'`);
      return (object: KubeObject) => (fieldOf(object, path) === value) === (operator !== '!=');
    });
  return (object) => tests.every((test) => test(object));
}

/** `app=web,tier!=db,env in (a,b),!legacy,owner`. */
export function labelTest(selector: string | null): Test {
  const terms = (selector ?? '').match(/[^,(]+(\([^)]*\))?/g) ?? [];
  const tests = terms.map((term) => labelTerm(term.trim()));
  return (object) => {
    const labels = (object.metadata.labels ?? {}) as Readonly<Record<string, string>>;
    return tests.every((test) => test(labels));
  };
}

function labelTerm(term: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set?.[1]) {
    const [, key, operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key ?? ''] ?? '') === (operator === 'in');
  }
  const equal = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term);
  if (equal?.[1]) return (labels) => (labels[equal[1] ?? ''] === equal[3]) === (equal[2] !== '!=');
  return term.startsWith('!')
    ? (labels) => labels[term.slice(1)] === undefined
    : (labels) => labels[term] !== undefined;
}

/** The value one equality term asks for, to look objects up instead of filtering all of them. */
export function wanted(selector: string | null, path: string): string | undefined {
  const term = (selector ?? '').split(',').find((candidate) => candidate.startsWith(`${path}=`));
  return term?.slice(path.length + 1).replace(/^=/, '');
}

function fieldOf(object: KubeObject, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], object);
  return value === undefined || value === null ? '' : String(value);
}
