import { describe, expect, it } from 'vitest';
import type { Case } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/any-alert/index.ts';
import { readCase, replay } from '../case-files.ts';

const runbook = anyRunbook(typed);
const crashing = readCase(runbook, 'new-version-fails.json');
const logs = 'logs shop/web-1 --container web --previous --tail 20';
const events =
  'list Event --namespace shop --field-selector involvedObject.kind=Pod,involvedObject.name=web-1 --limit 500 --fresh';
const key = 'VJTUt9Us8cKjMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNb';

/** Everything that a run says when this was answered. */
async function told(read: string, body: unknown): Promise<string> {
  const reads: Case['reads'] = { ...crashing.reads, [read]: { body } };
  const { report } = await replay(runbook, { ...crashing, reads });
  return JSON.stringify(report);
}

describe('a secret in what a pod wrote', () => {
  it('is not shown when its line is cut in the middle of it', async () => {
    const text = `${'x'.repeat(255)} connecting postgres://app:Sup3rSecretPassw0rd@db/shop\n`;
    expect(await told(logs, text)).not.toContain('Sup3r');
  });

  it('is not shown when only the last lines of a private key were read', async () => {
    const lines = [key, key, 'AAAB', '-----END PRIVATE KEY-----', 'panic: no such table'];
    const report = await told(logs, lines.join('\n'));

    expect(report).toContain('[redacted] | panic: no such table');
    expect(report).not.toContain('VJTU');
  });

  it('is not shown when only the last of the lines of a private key are shown', async () => {
    const lines = ['-----BEGIN PRIVATE KEY-----', key, key, key, key, 'AAAB', '-----END PRIVATE KEY-----'];
    const report = await told(logs, lines.join('\n'));

    expect(report).not.toContain('VJTU');
    expect(report).not.toContain('AAAB');
  });
});

describe('a secret in an event', () => {
  it('is not shown when its message is cut in the middle of it', async () => {
    const message = `${'x'.repeat(160)} redis://:Sup3rSecretPassw0rdOfTheShop@redis:6379/0 refused`;
    const event = {
      metadata: { creationTimestamp: '2026-11-21T02:50:00Z' },
      type: 'Warning',
      reason: 'Failed',
      message,
    };

    expect(await told(events, { items: [event] })).not.toContain('Sup3r');
  });
});
