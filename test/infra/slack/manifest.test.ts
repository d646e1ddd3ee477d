import { describe, expect, it } from 'vitest';
import { slackManifest } from '../../../infra/slack/manifest.ts';

describe('the Slack app manifest', () => {
  const manifest = slackManifest('https://nightshift.example.com');

  it('sends commands and clicks to one address', () => {
    const url = 'https://nightshift.example.com/slack/events';
    expect(manifest.settings?.interactivity).toEqual({ is_enabled: true, request_url: url });
    expect(manifest.features?.slash_commands).toMatchObject([{ command: '/nightshift', url }]);
  });

  it('keeps a path of the public address', () => {
    const behindProxy = slackManifest('https://example.com/night/');
    expect(behindProxy.settings?.interactivity?.request_url).toBe('https://example.com/night/slack/events');
  });

  it('asks for no more than it uses', () => {
    expect(manifest.oauth_config?.scopes).toEqual({
      bot: ['chat:write', 'commands', 'channels:history', 'users:read', 'usergroups:read'],
    });
    expect(manifest.settings?.event_subscriptions).toBeUndefined();
    const inPrivate = slackManifest('https://nightshift.example.com', { privateChannel: true });
    expect(inPrivate.oauth_config?.scopes?.bot).toContain('groups:history');
  });

  it("stays within the manifest's limits", () => {
    expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
    expect(manifest.display_information.description?.length).toBeLessThanOrEqual(140);
    expect(manifest.features?.bot_user?.display_name.length).toBeLessThanOrEqual(80);
    for (const command of manifest.features?.slash_commands ?? []) {
      expect(command.command).toMatch(/^\/[a-z-]{1,31}$/);
      expect(command.description.length).toBeLessThanOrEqual(2_000);
      expect(command.usage_hint?.length).toBeLessThanOrEqual(1_000);
    }
  });
});
