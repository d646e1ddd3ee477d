import { X509Certificate } from 'node:crypto';
import type { User } from '@kubernetes/client-node/dist/config_types.js';
import { messageOf, ReadFailure } from '../../engine/errors.ts';
import { redact } from '../../engine/redact.ts';
import { ExecPlugin } from './exec.ts';
import { tokenFileOf } from './kubeconfig.ts';
import { pem } from './tls.ts';

/** What a user entry identifies itself with, and what to do when the API server does not accept it. */
export function credentialAdvice(user: User): { readonly what: string; readonly remedy: string } {
  const plugin = pluginOf(user);
  if (plugin) return { what: `the token from ${nameOf(plugin)}`, remedy: byHand(plugin) };
  const tokenFile = tokenFileOf(user);
  if (tokenFile !== undefined) {
    return {
      what: `the token in ${tokenFile}`,
      remedy:
        'It must be of this cluster and not expired. In a pod the kubelet renews it; its ServiceAccount must still exist.',
    };
  }
  if (user.token) {
    return {
      what: `the token of user "${user.name}"`,
      remedy:
        'Put a new one into the kubeconfig, for example from: kubectl create token SERVICEACCOUNT --duration 8760h',
    };
  }
  if (user.certData || user.certFile) {
    return {
      what: `the client certificate of user "${user.name}"`,
      remedy: `${validity(user)} It must be valid and signed by the cluster's client authority; then update the kubeconfig.`,
    };
  }
  if (user.authProvider) {
    return {
      what: `the token from auth-provider "${user.authProvider.name}"`,
      remedy: 'Log in again with the tool that wrote this kubeconfig.',
    };
  }
  if (user.username) return { what: `user name "${user.username}" and its password`, remedy: 'Correct them.' };
  return {
    what: 'a request without credentials',
    remedy: 'Give the kubeconfig user a token, a client certificate or an exec plug-in.',
  };
}

/** A plug-in that failed or a token file that cannot be read: the question never left this machine. */
export function credentialUnavailable(user: User, thrown: unknown): ReadFailure {
  const plugin = pluginOf(user);
  const said = isNone(thrown) ? '' : redact(messageOf(thrown).trim().replace(/\s+/g, ' ')).slice(0, 300);
  if (!plugin) {
    const provider = user.authProvider?.name;
    const none = provider
      ? `auth-provider ${provider}, which kubectl dropped in 1.26, gave none`
      : 'nothing that is one';
    return new ReadFailure('unauthorized', `no credentials for user "${user.name}": ${said || none}`, {
      remedy: credentialAdvice(user).remedy,
      cause: thrown,
    });
  }
  return new ReadFailure('unauthorized', `${nameOf(plugin)} ${complaint(plugin, thrown, said)}`, {
    remedy: byHand(plugin),
    cause: thrown,
  });
}

/** What could not be parsed is not quoted: it may be the token itself. */
function isNone(thrown: unknown): boolean {
  return thrown instanceof SyntaxError || thrown instanceof TypeError;
}

/** No colon behind "credential": what follows one there is taken for a secret wherever text is masked. */
function complaint({ command }: ExecPlugin, thrown: unknown, said: string): string {
  const { code, syscall } = thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : {};
  if (code === 'ENOENT') return `is not installed: ${command} was not found`;
  if (syscall?.startsWith('spawn')) return `cannot be started: ${command} [${code}]`;
  if (isNone(thrown)) return 'gave no credential, but printed something else';
  return said === '' ? 'gave no credential and said nothing' : `gave no credential and said: ${said}`;
}

export function pluginOf(user: User): ExecPlugin | undefined {
  const parsed = ExecPlugin.safeParse(user.exec ?? user.authProvider?.config?.exec);
  return parsed.success ? parsed.data : undefined;
}

function nameOf(plugin: ExecPlugin): string {
  return `the credential plug-in "${plugin.command.split(/[/\\]/).at(-1)}"`;
}

function byHand({ command, args, installHint }: ExecPlugin): string {
  const line = [command, ...(args ?? [])].join(' ');
  return `Run it by hand to see what it says, and log in again if it asks: ${line}${installHint ? `\n${installHint}` : ''}`;
}

function validity(user: User): string {
  try {
    const { validTo } = new X509Certificate(pem(user.certFile, user.certData) ?? '');
    const until = new Date(validTo);
    const day = until.toISOString().slice(0, 10);
    return until < new Date() ? `It expired on ${day}.` : `It is valid until ${day}.`;
  } catch {
    return 'It cannot be read.';
  }
}
