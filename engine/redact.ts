import { MASK } from './mask.ts';
import { maskPrivateKeys } from './private-keys.ts';
import { shapes } from './secret-shapes.ts';
import { isSecretName, maskNamed } from './secret-words.ts';

export { MASK };

/** Masks what looks like a secret. Everything that leaves the engine as text goes through it. */
export function redact(text: string): string {
  return maskNamed(maskShapes(maskPrivateKeys(text)), 'text');
}

/** The same for the lines of a log: what names a secret at the end of one says nothing about the next. */
export function redactLines(text: string): string {
  return maskNamed(maskShapes(maskPrivateKeys(text)), 'lines');
}

function maskShapes(text: string): string {
  return shapes.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/** The same for every string inside a JSON value. A key that names a secret masks its whole value. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value))
    return value.map((item, index) =>
      typeof item === 'string' ? redactNext(value[index - 1], item) : redactDeep(item),
    );
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && isSecret(nameOf(value, key)) ? MASK : redactDeep(inner),
    ]),
  );
}

/** A variable of a container is called by another field than its value. */
function nameOf(value: object, key: string): string {
  return key === 'value' && 'name' in value && typeof value.name === 'string' ? value.name : key;
}

function isSecret(name: string): boolean {
  return SECRET_KEY.test(name) || isSecretName(name);
}

/** Of words that belong together, as the arguments of a program: a flag, and its value in the next. */
function redactNext(before: unknown, text: string): string {
  const alone = redact(text);
  if (typeof before !== 'string') return alone;
  return redact(`${before} ${text}`) === `${redact(before)} ${alone}` ? alone : MASK;
}

const SECRET_KEY =
  /passw|passphrase|requirepass|masterauth|secret|(api|access|account|subscription|private|encryption|signing|master)[_-]?key|credential|bearer|cookie$|dockerc(onfigjson|fg)$|(^|[_.-])(token|auth)$/i;

/** The fields of a pod template, and annotations, under which anything may be a secret, whatever it is called or looks like. */
const HOLDERS = /\.(?:env|envFrom|args|command|httpHeaders|annotations|volumeAttributes|flexVolume)\b/;

/** Whether what stands at this path of an object may be a secret: `spec.template.spec.volumes[v].csi.volumeAttributes.user`. */
export function mayBeSecret(path: string): boolean {
  return HOLDERS.test(path) || namedSecret(path);
}

/** The value of a field as text that may be shown. A field whose name says that it is a secret is masked as a whole. */
export function redactAt(path: string, value: string): string {
  return namedSecret(path) ? MASK : redact(value);
}

function namedSecret(path: string): boolean {
  const [, inBrackets, plain] = /(?:\[([^\]]*)\]|([^.[\]]+))$/.exec(path) ?? [];
  return isSecret(inBrackets ?? plain ?? '');
}
