import { stringify } from 'yaml';
import { needsOf } from '../../engine/needs.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { rbacYaml } from '../../infra/kubernetes/rbac.ts';
import { didYouMean } from '../../infra/local/nearest.ts';
import { rulesYaml } from '../../infra/prometheus/rules.ts';
import { slackManifest } from '../../infra/slack/manifest.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { settingsOf } from '../compose.ts';
import { ExitCode, type GlobalOptions, print, UsageError } from './outcome.ts';

const kinds = ['rbac', 'rules', 'slack'];

export interface ManifestOptions extends GlobalOptions {
  readonly namespace: string;
  /** The roles are for groups of these names, and no accounts are made. */
  readonly groups?: boolean;
  /** Of the Slack app: where Slack reaches this server. */
  readonly url?: string;
  readonly privateChannel?: boolean;
}

/**
 * `nightshift manifests`: what to apply to a cluster so that Nightshift may look after it, and the alert rules for what
 * the usual bundles do not see, both computed from the enabled runbooks; and the Slack app.
 */
export async function manifests(kind: string, options: ManifestOptions): Promise<ExitCode> {
  const { namespace, groups = false, url, privateChannel } = options;
  if (!kinds.includes(kind)) {
    throw new UsageError(`there is no manifest "${kind}"${didYouMean(kind, kinds)}\nThere is: ${kinds.join(', ')}`);
  }
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    throw new UsageError(
      `--namespace ${namespace}: lower case letters, digits and dashes, at most 63; no dash at either end`,
    );
  }
  if (kind === 'slack') {
    print(`${aboutSlack}\n${stringify(slackManifest(publicUrl(url), { privateChannel: privateChannel === true }))}`);
    return ExitCode.ok;
  }
  const { runbooks, config } = await settingsOf(options);
  if (kind === 'rules') {
    print(`${aboutRules}\n${rulesYaml((alert) => !isSwitchedOff(alert, runbooks))}`);
    return ExitCode.ok;
  }
  const asked = config.clusters.filter(({ kubelet }) => kubelet);
  const needs = needsOf(runbooks, { kubelets: asked.length > 0 });
  const others = config.clusters.length - asked.length;
  const only = asked.length > 0 && others > 0 ? asked.map(({ name }) => name) : [];
  const about = aboutRbac(runbooks, only, groups ? forGroups : forAccounts(namespace));
  print(rbacYaml(needs, groups ? { about } : { namespace, about }));
  return ExitCode.ok;
}

function publicUrl(text: string | undefined): string {
  const url = URL.parse(text ?? '');
  if (url?.protocol === 'https:' && !url.search && !url.username) return url.href;
  throw new UsageError(
    `--url ${text ?? 'is missing'}: the address under which Slack reaches this server, such as https://nightshift.example`,
  );
}

const aboutSlack = [
  '# The Slack app: api.slack.com/apps, "Create New App", "From a manifest". Install it, put its bot token and signing secret',
  '# where slack.botToken and slack.signingSecret of nightshift.yaml say, and invite the bot into the channel.',
].join('\n');

/** Only runbooks that are switched off would answer it. */
function isSwitchedOff(alert: string, enabled: readonly AnyRunbook[]): boolean {
  const answers = ({ alerts }: AnyRunbook) => alerts.some(({ name }) => name === alert);
  return catalog.some(answers) && !enabled.some(answers);
}

const aboutRules = [
  '# Alert rules for what the usual bundles do not see. A file for rule_files of prometheus.yml; the groups are as well',
  '# the spec of a PrometheusRule of the Prometheus operator.',
].join('\n');

/** For whom the roles are, and how that is applied. */
interface Holders {
  readonly who: readonly string[];
  readonly apply: readonly string[];
}

const forGroups: Holders = {
  who: [
    'The group nightshift-reader looks: whom clusters[].kubernetes in nightshift.yaml signs in as has to be in it.',
    'The group nightshift-fixer changes what people have approved: whom clusters[].fixer signs in as has to be in it.',
  ],
  apply: ['  nightshift manifests rbac --groups | kubectl apply -f -'],
};

const forAccounts = (namespace: string): Holders => ({
  who: [
    'nightshift-reader looks: its kubeconfig goes to clusters[].kubernetes in nightshift.yaml.',
    'nightshift-fixer changes what people have approved: its kubeconfig goes to clusters[].fixer.',
  ],
  apply: [
    `  kubectl create namespace ${namespace}`,
    `  nightshift manifests rbac${namespace === 'nightshift' ? '' : ` --namespace ${namespace}`} | kubectl apply -f -`,
  ],
});

/** `only`: the clusters whose kubelets may be asked, where there are others. */
function aboutRbac(runbooks: readonly AnyRunbook[], only: readonly string[], { who, apply }: Holders): string {
  return [
    `The least rights Nightshift needs for its runbooks: ${runbooks.map(({ id }) => id).join(', ')}.`,
    ...who,
    'Without the fixer nothing can be changed.',
    ...(only.length > 0
      ? [`nodes/stats is for kubelets, which only ${only.join(', ')} may be asked for: leave it out elsewhere.`]
      : []),
    '',
    ...apply,
  ].join('\n');
}
