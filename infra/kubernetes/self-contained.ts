import { Refused } from '../../engine/errors.ts';
import { pluginOf } from './advice.ts';
import { type Connection, tokenFileOf } from './kubeconfig.ts';

type User = Connection['user'];

/**
 * For a place that has the text of a kubeconfig and nothing beside it, such as a function in AWS Lambda: no programs to run,
 * no files. Throws `Refused` (`KUBERNETES_CONFIG`) saying what to write instead, long before somebody asks the cluster.
 */
export function checkSelfContained({ name, cluster, user }: Connection): void {
  const plugin = pluginOf(user);
  const fading = fadingTokenOf(user);
  if (fading) throw refusal(name, `user "${user.name}" has ${fading}`, token);
  const file = tokenFileOf(user) ?? user.certFile ?? user.keyFile;
  if (plugin)
    throw refusal(name, `user "${user.name}" asks the program ${plugin.command} for its token`, wayOf(plugin.command));
  if (typeof file === 'string')
    throw refusal(name, `user "${user.name}" has its credentials in the file ${file}`, inside);
  if (cluster.caFile) throw refusal(name, `the cluster has its certificate in the file ${cluster.caFile}`, inside);
  const has = user.token || user.username || user.authProvider || (user.certData && user.keyData);
  if (!has) throw refusal(name, `user "${user.name}" has no credentials`, token);
}

/** What kubectl knew before there were plug-ins (auth-provider, up to 1.25): a token that a program renews when it is over. */
function fadingTokenOf({ authProvider }: User): string | undefined {
  const config: Readonly<Record<string, unknown>> = authProvider?.config ?? {};
  const command = config['cmd-path'];
  const fades = ['expiry', 'expires-on', 'expires-in'].some((name) => config[name] !== undefined);
  if (typeof command === 'string') return `a token of ${authProvider?.name} that the program ${command} renews`;
  return fades ? `a token of ${authProvider?.name} that will be over, and nothing renews it` : undefined;
}

const inside = 'Put it into the kubeconfig: kubectl config view --raw --minify --flatten.';
const token = 'Give it the token of a service account: kubectl create token SERVICEACCOUNT --duration 8760h.';

/** What `aws eks update-kubeconfig` writes is an EKS cluster, for which there is a way without keys. */
function wayOf(command: string): string {
  const isEks = /(^|\/)(aws|aws-iam-authenticator)$/.test(command);
  return isEks ? 'For EKS write { eks: { region: …, clusterName: … } } instead.' : token;
}

function refusal(context: string, wrong: string, way: string): Refused {
  return new Refused(
    'KUBERNETES_CONFIG',
    `context "${context}": ${wrong}, and here is nothing beside the kubeconfig. ${way}`,
  );
}
