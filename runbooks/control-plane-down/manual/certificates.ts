import type { ChangeStep, LookStep } from '../../../engine/runbook.ts';
import { type Manual, type Names, namesOf } from './commands.ts';
import { startAnew } from './instances.ts';

export const renewCertificate: Manual = {
  title: 'Renew its certificate',
  risk: 'medium',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { certificate, there, node } = names;
    return [
      {
        kind: 'look',
        title: `On ${node}: which have expired, and is the clock right?`,
        command: there('sudo kubeadm certs check-expiration; date -u; timedatectl show -p NTPSynchronized'),
        shows: '<invalid> in RESIDUAL TIME. All valid, and still refused: it is of another CA, or the clock is wrong',
      },
      renewed(names, certificate, node),
      startAnew(names),
    ];
  },
};

export const renewOthersCertificate: Manual = {
  title: 'Renew the certificate that it does not accept',
  risk: 'medium',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { others, there, node, short } = names;
    return [
      shown(names),
      {
        kind: 'look',
        title: `On ${node}: which have expired, and is the clock right?`,
        command: there('sudo kubeadm certs check-expiration; date -u; timedatectl show -p NTPSynchronized'),
        shows: `<invalid> in RESIDUAL TIME of ${others.certificate}. Valid, and still not accepted: the CA that ${short} is given is another`,
      },
      renewed(names, others.certificate, `the machine of that ${others.component}`),
      startAnew({
        ...names,
        component: others.component,
        manifest: `/etc/kubernetes/manifests/${others.component}.yaml`,
      }),
    ];
  },
};

function renewed({ there }: Names, certificate: string, where: string): ChangeStep {
  return {
    kind: 'change',
    title: `On ${where}: renew it (kubeadm certs renew all, where several have expired)`,
    command: there(`sudo cp -a /etc/kubernetes /root/kubernetes.before && sudo kubeadm certs renew ${certificate}`),
    verify: { command: there('sudo kubeadm certs check-expiration'), shows: '364d for it' },
    warning:
      'On every machine of the control plane: they were made on one day, and expire on one day. Not with a CA outside of kubeadm.',
  };
}

/** What the other side shows, by the very address that it is asked at. */
function shown({ component, short, there, node }: Names): LookStep {
  const isServer = component === 'kube-apiserver';
  const address = isServer
    ? '127.0.0.1:2379'
    : `$(sudo grep server: /etc/kubernetes/${short}.conf | tr -s " " | cut -d" " -f3 | cut -d/ -f3)`;
  return {
    kind: 'look',
    title: `On ${node}: the certificate that it is shown`,
    command: there(
      `echo | openssl s_client -connect ${address} 2>/dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`,
    ),
    shows: 'notAfter in the past; or an issuer, or names, that are not those of this cluster',
  };
}
