import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Authenticator } from '@kubernetes/client-node/dist/auth.js';
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js';
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import * as z from 'zod';

/** A plug-in that still runs after this is killed: nobody sits there to answer what it asks. */
const PLUGIN_TIMEOUT_MS = 30_000;

/** `users[].user.exec` of a kubeconfig: a program that prints a credential, such as `aws eks get-token`. */
export const ExecPlugin = z.object({
  apiVersion: z.string().nullish(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
});
export type ExecPlugin = z.infer<typeof ExecPlugin>;

/**
 * The plug-in as it must be called: a relative path is relative to the kubeconfig, and KUBERNETES_EXEC_INFO tells it
 * which version to answer in and that nobody is there to type (client-go credential plugins, "Input and output formats").
 */
export function withExecInfo(plugin: ExecPlugin, cluster: Cluster, directory: string): ExecPlugin {
  const info = {
    apiVersion: plugin.apiVersion ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(plugin.provideClusterInfo
        ? {
            cluster: {
              server: cluster.server,
              'certificate-authority-data': cluster.caData,
              'tls-server-name': cluster.tlsServerName,
              'insecure-skip-tls-verify': cluster.skipTLSVerify,
            },
          }
        : {}),
    },
  };
  return {
    ...plugin,
    command: /[/\\]/.test(plugin.command) ? path.resolve(directory, plugin.command) : plugin.command,
    args: plugin.args ?? [],
    env: [...(plugin.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  };
}

/**
 * The library's plug-in runner, which keeps a credential until it expires; with no terminal and a limit on the time. Once
 * `over` is aborted nobody waits for a plug-in any more, and none goes on running.
 */
export function execAuthenticator(over?: AbortSignal): Authenticator {
  const authenticator: Authenticator = new ExecAuth();
  const run = (command: string, args: readonly string[], options: object) =>
    stoppable(spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }), over);
  return Object.assign(authenticator, { execFn: run });
}

type Running = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Not by the option `timeout` of `spawn`: its timer outlives a program that was not there to be started. What a stopped
 * plug-in has started itself may hold its output open, so that is not waited for either.
 */
function stoppable(child: Running, over: AbortSignal | undefined): Running {
  const stop = () => {
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = setTimeout(stop, PLUGIN_TIMEOUT_MS);
  const ended = () => {
    clearTimeout(timer);
    over?.removeEventListener('abort', stop);
  };
  over?.addEventListener('abort', stop);
  child.once('close', ended).once('error', ended);
  if (over?.aborted) stop();
  return child;
}
