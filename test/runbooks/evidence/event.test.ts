import { describe, expect, it } from 'vitest';
import { EventList } from '../../../runbooks/evidence/event.ts';

const read = (event: object) =>
  EventList.parse({ items: [{ metadata: { creationTimestamp: AT }, ...event }] }).items[0];
const AT = '2026-11-20T08:00:00Z';

/** Both shapes in which the core API serves an event (k8s.io/api, core/v1 and events/v1, `EventSeries`). */
describe('an event', () => {
  it('of the older shape tells when it was first and last seen, how often, and by whom', () => {
    const event = {
      count: 21,
      firstTimestamp: '2026-11-20T08:00:01Z',
      lastTimestamp: '2026-11-20T08:49:00Z',
      source: { component: 'kubelet', host: 'worker-3' },
      eventTime: null,
    };

    expect(read(event)).toMatchObject({
      from: 'kubelet',
      count: 21,
      firstSeen: '2026-11-20T08:00:01Z',
      lastSeen: '2026-11-20T08:49:00Z',
    });
  });

  it('of the newer shape tells the same by its series', () => {
    const event = {
      eventTime: '2026-11-20T08:00:01.123456Z',
      series: { count: 21, lastObservedTime: '2026-11-20T08:49:00.000000Z' },
      reportingComponent: 'default-scheduler',
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
    };

    expect(read(event)).toMatchObject({
      from: 'default-scheduler',
      count: 21,
      firstSeen: '2026-11-20T08:00:01.123456Z',
      lastSeen: '2026-11-20T08:49:00.000000Z',
    });
  });

  it('of the newer shape that came once was last seen when it happened', () => {
    const event = { eventTime: '2026-11-20T08:00:01.123456Z', series: null, firstTimestamp: null, lastTimestamp: null };

    expect(read(event)).toMatchObject({ count: 1, lastSeen: '2026-11-20T08:00:01.123456Z' });
  });
});
