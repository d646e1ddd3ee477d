import { expect, test } from 'vitest';
import { freePorts } from './ports.ts';

test('ports asked for side by side and one after another are all different', async () => {
  const asked = async () => [...(await freePorts(20)), ...(await freePorts(20))];
  const ports = (await Promise.all(Array.from({ length: 25 }, asked))).flat();
  expect(ports).toHaveLength(1_000);
  expect(new Set(ports).size).toBe(ports.length);
});
