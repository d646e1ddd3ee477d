import type { ChangeStep, LookStep } from '../../../engine/runbook.ts';
import { word } from '../../evidence/shell.ts';
import { kubeletLog, lastLog, type Manual, type Names, namesOf } from './commands.ts';

/** With its copy outside of the folder: a kubelet runs every file in it, whatever it is called. */
function edited(names: Names, title: string, warning: string): ChangeStep {
  const { component, manifest, there, works, alsoOn } = names;
  return {
    kind: 'change',
    title,
    command: `${there(`sudo cp ${manifest} /root/${component}.yaml.before`)} && ssh -t ${word(names.node)} sudo vi ${manifest}`,
    verify: works,
    warning: `${warning} The kubelet starts it anew within 20 s. To take it back: the copy in /root. Never leave a copy in /etc/kubernetes/manifests: it is run, too.${alsoOn}`,
  };
}

/** A static pod starts anew when its file goes and comes; touching the file changes nothing. */
export function startAnew({ component, manifest, there, works, node }: Names): ChangeStep {
  const aside = `/root/${component}.yaml`;
  return {
    kind: 'change',
    title: `On ${node}: start it anew, by taking its manifest away for 20 s`,
    command: there(`sudo mv ${manifest} ${aside} && sleep 20 && sudo mv ${aside} ${manifest}`),
    verify: works,
  };
}

export const bringBackManifest: Manual = {
  title: 'Bring its manifest back',
  risk: 'medium',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { component, short, manifest, there, node, works } = names;
    return [
      {
        kind: 'look',
        title: `On ${node}: is it there, and who took it away?`,
        command: there(
          `ls -l --time-style=full-iso /etc/kubernetes/manifests /etc/kubernetes/tmp /root/*.yaml*; grep -n staticPodPath /var/lib/kubelet/config.yaml`,
        ),
        shows: `no ${component}.yaml, one of 0 bytes, or one in another folder; kubeadm keeps those before an upgrade in /etc/kubernetes/tmp`,
      },
      kubeletLog(names),
      {
        kind: 'change',
        title: `On ${node}: write it anew with kubeadm, or put back the copy that was found. Flags of your own come from the ClusterConfiguration`,
        command: there(
          `sudo test ! -s ${manifest} && sudo kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get cm kubeadm-config -o jsonpath={.data.ClusterConfiguration} | sudo tee /root/kubeadm.yaml && sudo kubeadm init phase control-plane ${short} --config /root/kubeadm.yaml`,
        ),
        verify: works,
        warning: `Compare it with that of another machine: diff of ${manifest}. Without kubeadm copy it from there; only addresses differ.${names.alsoOn}`,
      },
    ];
  },
};

export const restoreImage: Manual = {
  title: 'Get its image to the machine',
  risk: 'low',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { component, manifest, there, node, works } = names;
    const look: LookStep = {
      kind: 'look',
      title: `On ${node}: which image is wanted, and which are there`,
      command: there(`grep image: ${manifest}; sudo crictl images | grep ${component}; df -h /var/lib/containerd`),
      shows: 'a tag that is not in the list (misspelled, or removed by the image garbage collection), or a full disk',
    };
    return [
      look,
      {
        kind: 'change',
        title: `On ${node}: pull it by hand, so that the registry says what is wrong`,
        command: there(`sudo crictl pull $(grep image: ${manifest} | tr -s " " | cut -d" " -f3)`),
        verify: works,
        warning: 'Without a way to the registry: copy it from another machine (ctr -n k8s.io images export, import).',
      },
      edited(
        names,
        `On ${node}: or, if the tag is wrong, set it to that of the other machines`,
        'A newer minor version than the API server is not supported.',
      ),
    ];
  },
};

export const mendManifest: Manual = {
  title: 'Mend its flags or files',
  risk: 'medium',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { manifest, there, node } = names;
    return [
      lastLog(names),
      {
        kind: 'look',
        title: `On ${node}: what was changed`,
        command: there(
          `sudo ls -l --time-style=full-iso ${manifest} /etc/kubernetes/*.conf; grep -nE "^ +- --" ${manifest}`,
        ),
        shows: 'a flag that this version does not know (removed in an upgrade), or a file that is not mounted',
      },
      edited(
        names,
        `On ${node}: take the flag out, or mend the file that it names`,
        'Compare with the manifest of another machine.',
      ),
    ];
  },
};

export const askItsHealth: Manual = {
  title: 'Ask it what its probe asks',
  risk: 'low',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { component, port, manifest, there, node } = names;
    const path = component === 'kube-apiserver' ? 'livez?verbose' : 'healthz?verbose';
    return [
      {
        kind: 'look',
        title: `On ${node}: who has its port, and what does it answer?`,
        command: there(
          `sudo ss -ltnp sport = :${port}; curl -sk -m 15 https://127.0.0.1:${port}/${path}; grep -nA8 -E "livenessProbe|readinessProbe|startupProbe" ${manifest}`,
        ),
        shows: `another program on ${port}; a check with [-]; or a probe that asks another address or port than --bind-address and --secure-port say`,
      },
      lastLog(names),
      edited(
        names,
        `On ${node}: free its port, mend what its check names, or the probe itself`,
        'A longer time-out of the probe hides a machine that is too slow.',
      ),
    ];
  },
};

export const giveMemory: Manual = {
  title: 'Give it memory',
  risk: 'medium',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { component, manifest, there, node } = names;
    return [
      {
        kind: 'look',
        title: `On ${node}: its limit, what it takes, and what the kernel ended`,
        command: there(
          `grep -nA3 limits: ${manifest}; sudo crictl stats --name ${component}; free -m; sudo dmesg -T | grep -i "killed process" | tail -5`,
        ),
        shows: 'a limit near what it takes, or a machine without memory',
      },
      edited(
        names,
        `On ${node}: raise its limit, or take it away: kubeadm sets none`,
        'It keeps every object of the cluster in memory: what grew is their number. Where the machine is full, move other pods away first.',
      ),
    ];
  },
};

export const readWhyItEnds: Manual = {
  title: 'Read why it ends',
  risk: 'low',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    return [
      lastLog(names),
      kubeletLog(names),
      edited(
        names,
        `On ${names.node}: mend what it says; or go back to what the other machines run`,
        'A panic is a defect: keep the log, and take the version of the others.',
      ),
    ];
  },
};
