import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import type { Clock } from '../../../engine/ports.ts';
import { type Emulators, startEmulators } from '../../../infra/aws/local/emulators.ts';
import {
  type AwsPlace,
  createResources,
  openPlace,
  type PlaceOptions,
  type Resources,
} from '../../../infra/aws/local/place.ts';
import type { Limits } from '../../../infra/aws/settings.ts';
import { type Faulty, inFrontOf } from '../../harness/aws/faulty.ts';

/** As in production, but for tests that wait for time-outs. */
export const impatient: Limits = { connectMs: 500, answerMs: 1_000, silenceMs: 1_000, attempts: 3 };

/** New resources, with something in front of them that makes requests fail. */
export interface Fresh {
  readonly resources: Resources;
  readonly dynamodb: Faulty;
  readonly sqs: Faulty;
  /** A process that goes through what fails. */
  open(options?: PlaceOptions & { readonly clock?: Clock }): AwsPlace;
  /** A process that has no trouble. */
  healthy(options?: PlaceOptions & { readonly clock?: Clock }): AwsPlace;
}

/** Emulators for one file of tests. */
export function emulated(): { fresh(): Promise<Fresh>; emulators(): Emulators } {
  // Two emulators and the tests share a process, and the process shares its machine.
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
  let emulators: Emulators;
  let opened = new AsyncDisposableStack();
  beforeAll(async () => {
    emulators = await startEmulators();
  });
  afterEach(async () => {
    await opened.disposeAsync();
    opened = new AsyncDisposableStack();
  });
  afterAll(() => emulators[Symbol.asyncDispose]());

  return {
    emulators: () => emulators,
    async fresh() {
      const resources = await createResources(emulators);
      const dynamodb = opened.use(await inFrontOf(emulators.dynamodb));
      const sqs = opened.use(await inFrontOf(emulators.sqs));
      const open: Fresh['open'] = ({ clock = { now: () => new Date() }, ...options } = {}) => {
        const place = openPlace(emulators, resources, clock, options);
        opened.defer(place.close);
        return place;
      };
      return {
        resources,
        dynamodb,
        sqs,
        open: (options) => open({ dynamodb: dynamodb.access, sqs: sqs.access, ...options }),
        healthy: open,
      };
    },
  };
}
