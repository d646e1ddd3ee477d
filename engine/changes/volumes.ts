/** A volume of a pod or of a template, as far as it matters what becomes of it when the pod ends. */
export interface Volume {
  readonly name: string;
  readonly emptyDir?: unknown;
  readonly ephemeral?: unknown;
  readonly csi?: { readonly readOnly?: boolean | undefined } | null | undefined;
  readonly hostPath?: unknown;
  readonly persistentVolumeClaim?: { readonly claimName?: string | undefined } | null | undefined;
}

/** Of the volumes that are deleted with their pod those of each kind, by name. */
export interface Doomed {
  readonly emptyDirs: readonly string[];
  /** Claims that are made for the pod and owned by it. */
  readonly claims: readonly string[];
  readonly inline: readonly string[];
}

/**
 * What goes with a pod. An inline CSI volume that is read only (secrets, certificates) is made again as it was.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/
 */
export function doomedOf(volumes: readonly Volume[]): Doomed {
  const names = (isSuch: (volume: Volume) => boolean) => volumes.filter(isSuch).map(({ name }) => name);
  return {
    emptyDirs: names(({ emptyDir }) => isThere(emptyDir)),
    claims: names(({ ephemeral }) => isThere(ephemeral)),
    inline: names(({ csi }) => isThere(csi) && csi?.readOnly !== true),
  };
}

export function isDoomed({ emptyDirs, claims, inline }: Doomed): boolean {
  return emptyDirs.length + claims.length + inline.length > 0;
}

/** "its emptyDir volume would be deleted with what is in it": of one that was not allowed. */
export function wouldLose({ emptyDirs, claims, inline }: Doomed): string {
  return [
    ...(emptyDirs.length > 0 ? ['its emptyDir volume would be deleted with what is in it'] : []),
    ...(claims.length > 0 ? [`${ephemeral(claims)} would be deleted with its data`] : []),
    ...(inline.length > 0 ? [`${ofDriver(inline)} would be deleted with what is in it`] : []),
  ].join(', and ');
}

/** Each kind in words, of one that is allowed or need not be. */
export function loses({ emptyDirs, claims, inline }: Doomed): string[] {
  return [
    ...(emptyDirs.length > 0 ? ['what is in its emptyDir volumes is lost'] : []),
    ...(claims.length > 0 ? [`${ephemeral(claims)} is deleted with its data`] : []),
    ...(inline.length > 0 ? [`${ofDriver(inline)} is deleted with what is in it`] : []),
  ];
}

/** The same of the pods of a workload, as its template has it. */
export function lostByPods({ emptyDirs, claims, inline }: Doomed): string[] {
  return [
    ...(emptyDirs.length > 0 ? ['what is in the emptyDir volumes of the pods that end is lost'] : []),
    ...(claims.length > 0
      ? [`the ephemeral volume claims (${claims.join(', ')}) of the pods that end are deleted with their data`]
      : []),
    ...(inline.length > 0
      ? [`the inline CSI volumes (${inline.join(', ')}) of the pods that end are deleted with what is in them`]
      : []),
  ];
}

function ephemeral(claims: readonly string[]): string {
  return `its ephemeral volume claim ${claims.join(' and ')}`;
}

function ofDriver(inline: readonly string[]): string {
  return `its inline CSI volume ${inline.join(' and ')}`;
}

/**
 * What is not lost, but stays where it is: a pod that starts elsewhere has to do without. Whether a claim is bound to a
 * disk of the node is told by its volume, which is not read here.
 * https://kubernetes.io/docs/concepts/storage/volumes/#local
 */
export function leavesBehind(volumes: readonly Volume[], isWritten: (volume: string) => boolean): string[] {
  const onNode = volumes.filter(({ name, hostPath }) => isThere(hostPath) && isWritten(name));
  const claims = volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
  const one = claims.length === 1;
  return [
    ...(onNode.length > 0 ? ['what it wrote to the disk of its node (hostPath) stays there'] : []),
    ...(claims.length > 0
      ? [
          `it starts on no other node if the ${one ? 'volume' : 'volumes'} of its ${one ? 'claim' : 'claims'} ${claims.join(' and ')} ${one ? 'is a local one' : 'are local ones'}`,
        ]
      : []),
  ];
}

function isThere(source: unknown): boolean {
  return source !== undefined && source !== null;
}
