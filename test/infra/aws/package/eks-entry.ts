import { type EksPlace, eksAccess } from '../../../../infra/aws/eks/access.ts';

/** What a function does with AWS before it can ask an EKS cluster. */
export async function wayInto(place: EksPlace): Promise<{ readonly server: string; readonly token: string }> {
  const access = eksAccess(place, { now: () => new Date() });
  try {
    const { server } = await access.describe();
    return { server, token: await access.tokens.token() };
  } finally {
    access.close();
  }
}
