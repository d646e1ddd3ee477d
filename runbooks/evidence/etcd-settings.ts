import * as z from 'zod';
import { flagIn } from './flags.ts';

/** What of a container tells how etcd is started. */
export const Start = z.object({
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z
    .array(z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() }))
    .default([]),
  envFrom: z.array(z.unknown()).default([]),
});
type Start = z.infer<typeof Start>;

/** `unseen`: why it is not known. Neither of the two: it is not set, and etcd's default holds. */
export interface Setting {
  readonly value?: string;
  readonly unseen?: string;
}

/**
 * How each flag of etcd is set, as far as its pod tells with certainty. A flag wins over the environment, and beside a
 * configuration file neither counts (etcd documentation, "Configuration options"; tried on etcd 3.4).
 */
export function settingsOf(start: Start): (flag: string) => Setting {
  const line = commandLine([...start.command, ...start.args], start.command.length > 0);
  const unseen = (why: string) => () => ({ unseen: why });
  if (typeof line === 'string') return unseen(line);
  if (start.envFrom.length > 0) return unseen('part of its environment comes from elsewhere (envFrom)');
  if (line.some((word) => word.startsWith('$('))) return unseen('its arguments come from variables');
  const file = settingIn(line, start.env, 'config-file');
  if (file.unseen !== undefined) return unseen(file.unseen);
  if (file.value !== undefined) return unseen(`its settings are in a file on its machine, ${file.value}`);
  return (flag) => settingIn(line, start.env, flag);
}

/** etcd's own arguments, or why they are not known. */
function commandLine(words: readonly string[], commanded: boolean): readonly string[] | string {
  const [program = '', option = '', script = ''] = words;
  if (!commanded) return 'its image decides how it is started';
  if (nameOf(program) === 'etcd') return words.slice(1);
  const isShell = ['sh', 'bash', 'dash', 'ash'].includes(nameOf(program));
  const line = isShell && /^-[eux]*c$/.test(option) ? plainLine(script) : undefined;
  return line ?? `it is started through ${program}`;
}

/** The arguments in `exec etcd --flag=value …`: one command, without anything a shell would change. */
function plainLine(script: string): readonly string[] | undefined {
  const words = script.trim().split(/[ \t]+/);
  if (!words.every((word) => /^[\w@%+=:,./-]+$/.test(word))) return undefined;
  const [program = '', ...rest] = words[0] === 'exec' ? words.slice(1) : words;
  return nameOf(program) === 'etcd' ? rest : undefined;
}

function settingIn(line: readonly string[], env: Start['env'], flag: string): Setting {
  const set = flagIn(line, flag);
  if (set !== undefined) return set.includes('$(') ? { unseen: `its --${flag} comes from a variable` } : { value: set };
  const variable = `ETCD_${flag.toUpperCase().replaceAll('-', '_')}`;
  const { value = '', valueFrom } = env.findLast(({ name }) => name === variable) ?? {};
  if (valueFrom != null || value.includes('$(')) return { unseen: `its ${variable} comes from elsewhere` };
  return value === '' ? {} : { value }; // etcd takes an empty variable for none
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
