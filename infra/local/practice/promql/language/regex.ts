import { PromqlError } from '../errors.ts';

/** RE2 knows neither looking around nor references back; an expression with them is refused as Prometheus does. */
const notInRe2 = /\(\?(?:[=!]|<[=!])|(?<!\\)(?:\\\\)*\\[1-9]/;

/** An RE2 expression that must match the whole text. Throws `bad_data`. */
export function anchored(expression: string): RegExp {
  const refused = notInRe2.exec(expression);
  if (refused)
    throw new PromqlError('bad_data', `error parsing regexp: invalid or unsupported Perl syntax: \`${refused[0]}\``);
  const flags = /^\(\?([ims]+)\)/.exec(expression);
  const body = expression.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<');
  try {
    return new RegExp(`^(?:${body})$`, flags?.[1] ?? '');
  } catch (error) {
    throw new PromqlError('bad_data', `error parsing regexp: ${error instanceof Error ? error.message : error}`);
  }
}

/** Go's `Regexp.Expand`: `$1`, `${1}`, `$name`, `$$`; a group that is not there is empty. */
export function expanded(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced, bare) => {
    if (whole === '$$') return '$';
    const group: string = braced ?? bare;
    return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
  });
}
