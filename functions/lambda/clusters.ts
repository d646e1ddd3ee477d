import { type OpenCluster, openCluster } from '../clusters.ts';
import { ConfigError } from '../config/error.ts';
import type { Config } from '../config/schema.ts';
import type { House } from './house.ts';
import { type NeededSecret, secretsOf } from './needs.ts';
import { remade } from './remade.ts';

type Open = readonly OpenCluster[];

/**
 * The configured clusters, and what is made of them: opened at the cold start and by the hourly check, so that a kubeconfig
 * nobody can use is noticed before an alert comes, and again when one in Secrets Manager was rotated. (EKS and Prometheus
 * renew what they present by themselves.) Opening asks the cluster nothing.
 */
export function withClusters<Thing>(house: House, clusters: Config['clusters'], make: (open: Open) => Thing) {
  const { name, config, secret, log } = house;
  const kubeconfigs = secretsOf(name, config).filter(({ where }) => where.endsWith('.kubeconfig'));
  const surroundings = { clock: house.clock, secret, pod: noPod };
  const opened = remade<readonly string[], Promise<{ readonly open: Open; readonly thing: Thing }>>(
    async () => {
      const open = await Promise.all(clusters.map((cluster) => openCluster(cluster, surroundings)));
      return { open, thing: make(open) };
    },
    // Running requests end first; what failed to open has nothing to close.
    (old) => void old.then(({ open }) => Promise.all(open.map(({ close }) => close()))).catch(closing),
  );
  function closing(failure: unknown): void {
    log.info({ reason: String(failure) }, 'while closing the connections of an old kubeconfig');
  }
  const textOf = ({ secret: reference, where }: NeededSecret) => secret(reference, where);
  const thing = async (): Promise<Thing> => (await opened(...(await Promise.all(kubeconfigs.map(textOf))))).thing;
  house.alsoCheck(thing);
  return thing;
}

function noPod(): never {
  throw new ConfigError('inCluster: true works only inside a pod');
}
