import type { Config } from '../../config/schema.ts';

/** Which partition a region is of, by how its name begins; those of the isolated regions are left to AWS. */
const partitions: readonly (readonly [RegExp, string | undefined])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/-iso/, undefined],
  [/^/, 'aws'],
];

/**
 * What stands in a configuration of EKS clusters and contradicts itself: a fixer of another cluster than the one that is
 * looked at would be found out at the first look only, and a role of another partition at the first token.
 */
export function eksComplaints({ clusters }: Config): readonly string[] {
  return clusters.flatMap(({ name, kubernetes, fixer }) => [
    ...Object.entries({ kubernetes, fixer }).flatMap(([which, access]) => {
      if (!access || !('eks' in access)) return [];
      const { region, roleArn } = access.eks;
      const partition = partitions.find(([of]) => of.test(region))?.[1];
      const fits = partition === undefined || roleArn === undefined || roleArn.startsWith(`arn:${partition}:`);
      return fits
        ? []
        : [
            `clusters.${name}.${which}.eks.roleArn: roles for ${region} begin with arn:${partition}:, and this is ${roleArn}`,
          ];
    }),
    ...(fixer && 'eks' in fixer && 'eks' in kubernetes ? otherCluster(name, kubernetes.eks, fixer.eks) : []),
  ]);
}

type Named = { readonly region: string; readonly clusterName: string };

function otherCluster(name: string, looked: Named, changed: Named): readonly string[] {
  if (looked.region === changed.region && looked.clusterName === changed.clusterName) return [];
  const [one, other] = [looked, changed].map(({ region, clusterName }) => `${clusterName} in ${region}`);
  return [`clusters.${name}.fixer.eks: this is ${other}, and what is looked at is ${one}: both have to be one cluster`];
}
