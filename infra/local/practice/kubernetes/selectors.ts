/** A selector that cannot be understood; the message is the API server's. */
export class InvalidSelector extends Error {
  override readonly name = 'InvalidSelector';
}

export interface FieldTerm {
  readonly path: string;
  readonly equal: boolean;
  readonly value: string;
}

/** `spec.nodeName=worker-3,status.phase!=Failed` (k8s.io/apimachinery, fields/selector.go). */
export function fieldTerms(selector: string): FieldTerm[] {
  return selector
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const [, path, operator, value = ''] = /^([^=!]+?)(==|!=|=)(.*)$/s.exec(term) ?? [];
      if (path === undefined) throw new InvalidSelector(`invalid selector: '${selector}'; can't understand '${term}'`);
      return { path, equal: operator !== '!=', value };
    });
}

export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** `app=web,tier!=db,env in (a,b),env notin (c),!legacy,owner` (k8s.io/apimachinery, labels/selector.go). */
export function labelTest(selector: string): LabelTest {
  const terms = selector.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  const tests = terms.map((term) => labelTerm(term.trim()));
  return (labels) => tests.every((test) => test(labels));
}

const KEY = '[A-Za-z0-9][A-Za-z0-9._/-]*';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|!=|=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${KEY})$`);

function labelTerm(term: string): LabelTest {
  const [, setKey = '', operator, list] = SET.exec(term) ?? [];
  if (list !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[setKey] ?? '\0') === (operator === 'in');
  }
  const [, key = '', sign, value] = EQUALITY.exec(term) ?? [];
  if (sign !== undefined) return (labels) => (labels[key] === value) === (sign !== '!=');
  const [, not, present] = EXISTENCE.exec(term) ?? [];
  if (present === undefined) throw new InvalidSelector(`unable to parse requirement: found '${term}'`);
  return (labels) => (labels[present] === undefined) === (not === '!');
}
