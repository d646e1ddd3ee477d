import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/** For one test file: nothing leaves the machine, and an answer that nobody asked for fails its test. `after`: of each test. */
export function withoutNetwork(after: () => Promise<void> = async () => {}): void {
  beforeAll(() => nock.disableNetConnect());
  afterEach(async () => {
    const unused = nock.pendingMocks();
    nock.cleanAll();
    await after();
    expect(unused, 'answers nobody asked for').toEqual([]);
  });
  afterAll(() => nock.restore());
}
