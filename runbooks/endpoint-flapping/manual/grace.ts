import type { ChangeStep, ManualStep } from '../../../engine/runbook.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { limits } from '../limits.ts';
import { type Manual, nodeName } from './names.ts';

const MANIFEST = '/etc/kubernetes/manifests/kube-controller-manager.yaml';
const FLAG = '--node-monitor-grace-period';
const ADVISED = `${FLAG}=${limits.advisedGraceSeconds}s`;

/** The manifest is kept outside of the folder: whatever lies in there is started. */
function onOne(node: string): ChangeStep {
  const edit = [
    `sudo cp ${MANIFEST} /root/kube-controller-manager.yaml.before`,
    `sudo sed -i -e "/- ${FLAG}=/d" -e "s|^\\( *\\)- kube-controller-manager *$|&\\n\\1- ${ADVISED}|" ${MANIFEST}`,
  ].join(' && ');
  const pod = `kubectl get pod -n kube-system kube-controller-manager-${word(node)}`;
  return {
    kind: 'change',
    title: `On ${node}, and only then on the next one`,
    command: onMachine({ name: node }, edit),
    verify: {
      command: `${pod} -o yaml | grep -e grace-period -e ready:`,
      shows: `${ADVISED}, and ready: true again within a minute`,
    },
    warning: `Its price: a node that is really dead is noticed later by as much, and Services send to its pods for longer. Back: ${onMachine({ name: node }, `sudo cp /root/kube-controller-manager.yaml.before ${MANIFEST}`)}`,
  };
}

export const raiseGrace: Manual = {
  title: `Raise ${FLAG} to ${limits.advisedGraceSeconds} s`,
  risk: 'medium',
  steps: ({ manager }) => {
    if (manager === null) {
      return [
        {
          kind: 'advice',
          title: 'Ask the provider, or upgrade to Kubernetes 1.32 or later',
          warning: 'On a managed control plane nobody else can change this flag. Its default is 50 s since 1.32.',
        },
      ];
    }
    const nodes = manager?.nodes ?? ['<control-plane-node>'];
    const keep: ManualStep = {
      kind: 'advice',
      title: 'So that an upgrade keeps it',
      warning: `kubeadm writes the manifest anew: put the flag into ClusterConfiguration too (controllerManager.extraArgs, ConfigMap kube-system/kubeadm-config). ${limits.advisedGraceSeconds} s is the default since 1.32; not 60 to 120 s, as old articles say.`,
    };
    return [...nodes.map(onOne), keep];
  },
};

export const watchLease: Manual = {
  title: 'Watch the heartbeats for two minutes',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Each renewal as it comes: scrapes show only how old it was every half minute',
      command: `timeout 120 kubectl get lease -n kube-node-lease ${nodeName(maybe, target)} -w -o jsonpath='{.spec.renewTime}{" "}{.metadata.resourceVersion}{"\\n"}'`,
      shows:
        'a line every 10 s. A gap of 20 s or more is late. Lines that come on while their time stands still: its clock jumped back',
    },
  ],
};
