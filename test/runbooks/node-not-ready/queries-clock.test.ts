import { describe, it } from 'vitest';
import * as queries from '../../../runbooks/node-not-ready/queries.ts';
import { needs } from '../../harness/programs.ts';
import { promtool } from './promtool.ts';

const at = 'job="node-exporter",instance="10.0.0.3:9100"';
const expr = queries.clockFigures({ job: 'node-exporter', instance: '10.0.0.3:9100' });
const figure = (metric: string, name: string) => `node_timex_${metric}{figure="${name}",${at}}`;

describe.skipIf(needs('prometheus'))('PromQL, in the real engine, tells of the clock', () => {
  it('of this machine alone how far it is off, whether anybody keeps it, and how far off it may be', async () => {
    await promtool(
      {
        [`node_timex_offset_seconds{${at}}`]: '-0.3+0x60',
        [`node_timex_sync_status{${at}}`]: '1x60',
        [`node_timex_maxerror_seconds{${at}}`]: '0.4x60',
        'node_timex_offset_seconds{job="node-exporter",instance="10.0.0.4:9100"}': '5x60',
      },
      [
        {
          expr,
          at: '20m',
          samples: {
            [figure('offset_seconds', 'offsetSeconds')]: -0.3,
            [figure('sync_status', 'synchronised')]: 1,
            [figure('maxerror_seconds', 'errorSeconds')]: 0.4,
          },
        },
      ],
    );
  });

  it('nothing where its exporter does not collect that', async () => {
    await promtool({ [`up{${at}}`]: '1x60' }, [{ expr, at: '20m', samples: {} }]);
  });
});
