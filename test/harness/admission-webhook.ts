import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import type { ControlPlane } from './control-plane.ts';
import { mergePatch } from './kube-client.ts';
import { until } from './until.ts';

const Review = z.object({ request: z.object({ uid: z.string(), dryRun: z.boolean().default(false) }) });
const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

export interface Whim {
  readonly apiGroup: string;
  readonly resource: string;
  /** The one object it minds, by its path and by a label that no other has. */
  readonly object: string;
  readonly label: Readonly<Record<string, string>>;
  /** RFC 6902: what it makes of an update that is no dry run. */
  readonly patch: readonly object[];
}

/**
 * A mutating webhook that has nothing to say in a dry run and changes what is stored: `sideEffects: NoneOnDryRun` allows
 * that, and an older one that no dry run asks at all comes to the same.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#side-effects
 */
export async function startWebhook(plane: ControlPlane, { apiGroup, resource, object, label, patch }: Whim) {
  await using stack = new AsyncDisposableStack();
  const [cert, key, ca] = await Promise.all(
    [plane.serving.cert, plane.serving.key, plane.caFile].map((file) => readFile(file)),
  );
  let isAsked = false;
  const server = createServer({ cert, key }, async (request, response) => {
    const { uid, dryRun } = Review.parse(await json(request)).request;
    isAsked = true;
    const change = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
    const answer = { uid, allowed: true, ...(dryRun ? {} : change) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const name = 'whim.example.com';
  await plane.kube.must('POST', configurations, {
    metadata: { name },
    webhooks: [
      {
        name,
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: ca?.toString('base64') },
        rules: [{ apiGroups: [apiGroup], apiVersions: ['*'], operations: ['UPDATE'], resources: [resource] }],
        objectSelector: { matchLabels: label },
        sideEffects: 'NoneOnDryRun',
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Fail',
      },
    ],
  });
  stack.defer(async () => {
    await plane.kube.must('DELETE', `${configurations}/${name}`);
  });
  // The API server learns of it a moment later.
  await until('the webhook to be asked', async () => {
    await plane.kube.must('PATCH', `${object}?dryRun=All`, {}, mergePatch);
    return isAsked;
  });
  return stack.move();
}
