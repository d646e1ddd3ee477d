import { onMachine, word } from '../../evidence/shell.ts';
import { type Manual, pluginArgs, podsHere, runtimeUnit } from './commands.ts';

export const restorePlugin: Manual = {
  title: 'Bring the configuration or the program back, then restart the runtime',
  risk: 'medium',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'What is there, and what the runtime makes of it',
      command: onMachine(target, 'ls -l /etc/cni/net.d /opt/cni/bin; sudo crictl info | grep -A3 NetworkReady'),
      shows: 'as on a healthy node: one configuration that is first by name, and each program that it names by "type"',
    },
    {
      kind: 'change',
      title: 'Delete the agent of this node, which writes both anew; if it does not, copy them from a healthy node',
      command: `kubectl delete pod ${pluginArgs(maybe)}`,
      verify: { command: onMachine(target, 'ls -l /etc/cni/net.d /opt/cni/bin'), shows: 'the files of now' },
    },
    {
      kind: 'change',
      title: 'Restart the runtime if the node stays without a network',
      command: onMachine(target, `sudo systemctl restart ${runtimeUnit(maybe)}`),
      verify: { command: `kubectl get node ${word(target.name)} -w`, shows: 'Ready=True about 5 s later (measured)' },
      warning:
        'The file alone does not always do it: containerd 1.6.20 had not taken it up after 60 s. Running containers go on. Events NetworkNotReady also name running pods that are well: only their resync was refused.',
    },
  ],
};

export const giveSubnet: Manual = {
  title: 'Give the node a subnet',
  risk: 'medium',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'Which nodes have one, and what the controller manager may give',
      command:
        "kubectl get nodes -o custom-columns=NAME:.metadata.name,CIDR:.spec.podCIDR; kubectl get pods -n kube-system -l component=kube-controller-manager -o yaml | grep -E 'allocate-node-cidrs|cluster-cidr|node-cidr-mask-size' | sort -u",
      shows:
        '--allocate-node-cidrs=true, and room: a --cluster-cidr of /16 with /24 for each node is enough for 256 nodes. Ranges of nodes that were deleted come back by themselves',
    },
    {
      kind: 'change',
      title:
        'No room: a further or a larger --cluster-cidr of the controller manager (its static pod), that of the plug-in alike',
      verify: {
        command: `kubectl get node ${word(target.name)} -o jsonpath='{.spec.podCIDR}{"\\n"}'`,
        shows: 'a range that no other node has',
      },
      warning:
        'A podCIDR that is set never changes. Do not write one by hand that the controller manager may give to another node.',
    },
    {
      kind: 'change',
      title:
        'The bridge has an address of the former subnet: drain the node, then take it away; the next pod makes it anew',
      command: onMachine(target, 'sudo ip link set cni0 down && sudo ip link delete cni0'),
      verify: {
        command: onMachine(target, 'cat /run/flannel/subnet.env; ip -br addr show cni0'),
        shows: 'both in the same subnet, once a pod has started',
      },
      warning: 'It cuts off every pod that is still on it: only on a drained node.',
    },
  ],
};

/**
 * host-local writes one file for each address, whose first line is the sandbox that holds it, into a folder named after its
 * network. Where the runtime does not answer nothing is taken away; nor what is younger than an hour, whose sandbox may only be
 * in the making; nor of other networks (podman, nerdctl) than the first by name, which is the one the runtime takes.
 */
const GIVE_BACK = [
  'ids=$(sudo crictl pods --quiet --no-trunc)',
  'conf=$(sudo ls /etc/cni/net.d | grep -E "[.](conf|conflist|json)$" | LC_ALL=C sort | head -n 1)',
  'net=$(sudo grep -oE "\\"name\\": *\\"[^\\"]+\\"" "/etc/cni/net.d/$conf" | head -n 1 | cut -d "\\"" -f 4)',
  '[ -n "$ids" ] && [ -n "$net" ]',
  'sudo find "/var/lib/cni/networks/$net" -type f -name "[0-9]*" -mmin +60 | while read -r file; do id=$(sudo head -n 1 "$file" | tr -d "\\r"); echo "$ids" | grep -qxF "$id" || sudo rm "$file"; done',
].join(' && ');

export const freeAddresses: Manual = {
  title: 'Free addresses, or make room',
  risk: 'medium',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'How many are kept (host-local), against the pods that have one',
      command: `${onMachine(target, 'ls /var/lib/cni/networks/*/ | grep -c "^[0-9]"')}; ${podsHere(target)} --no-headers | wc -l`,
      shows: 'many more kept than pods: they were never given back, as after a crash of the machine',
    },
    {
      kind: 'look',
      title: "With AWS's plug-in: why it has none",
      command: onMachine(
        target,
        'sudo grep -hiE "InsufficientFreeAddresses|Unauthorized|throttl|limit" /var/log/aws-routed-eni/ipamd.log | tail -n 20',
      ),
      shows: 'a subnet without free addresses, a role without the right to ask for them, or interfaces at their limit',
    },
    {
      kind: 'change',
      title:
        'They are kept for pods that are gone: cordon the node, and take away those whose sandbox the runtime does not know',
      command: `kubectl cordon ${word(target.name)} && ${onMachine(target, GIVE_BACK)}`,
      verify: { command: podsHere(target), shows: 'after uncordoning: new pods run, with addresses' },
      warning:
        'Never all of them, not even on a drained node: pods of DaemonSets stay there, and an address that one of them holds would be given to a second pod.',
    },
    {
      kind: 'change',
      title: 'They are really in use: fewer pods here, or a larger range',
      command: `kubectl drain ${word(target.name)} --ignore-daemonsets --delete-emptydir-data --pod-selector=app=<app> --timeout=5m`,
      verify: { command: podsHere(target), shows: 'fewer, and those that waited run' },
      warning:
        'What lies in emptyDir volumes is lost. For the next time: maxPods of the kubelet below the addresses of a node (110 of 254 by default); further IP pools (Calico), more addresses for each interface or a larger subnet (AWS).',
    },
  ],
};
