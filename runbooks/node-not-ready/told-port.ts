import type { Answer } from './answer.ts';
import type { Port, ScrapedPort } from './ports.ts';

/**
 * The kubelet's port by both witnesses. What the API server meets is of this moment, the last scrape of a while ago: where
 * the scrape by itself tells nothing of now, the API server's word stands, and where both speak and differ, neither does.
 */
export function withAnswer({ kind, words }: Answer, scraped: ScrapedPort | undefined): Port | undefined {
  switch (kind) {
    case 'unasked':
      return scraped;
    case 'silent':
      return unanswered(words, scraped);
    case 'refused':
      return refused(words, scraped);
    case 'served':
      return living(words, scraped, true);
    case 'denied':
      return living(words, scraped, false);
  }
}

/** Nothing but the API server's word. */
const UNSCRAPED = { ageSeconds: Number.POSITIVE_INFINITY, isQuick: false } as const;

/** A way that is blocked for the API server is as silent, and so is the log of a runtime that hangs: alone it decides nothing. */
function unanswered(words: string, scraped: ScrapedPort | undefined): Port {
  if (!scraped) {
    const why = 'it is stuck, or the machine is down, or the way there is blocked';
    return { ...UNSCRAPED, kind: 'unclear', words: `${words}: ${why}` };
  }
  if (scraped.kind === 'refuses') return { ...scraped, kind: 'unclear', words: `${scraped.words}; but now ${words}` };
  return scraped.isOpen ? { ...scraped, words: `${scraped.words}; ${words}` } : scraped;
}

function refused(words: string, scraped: ScrapedPort | undefined): Port {
  const refuses = { ...UNSCRAPED, ...scraped, kind: 'refuses', words: `its port refuses at once (${words})` } as const;
  if (!scraped || scraped.kind === 'refuses' || scraped.isOpen) return refuses;
  return { ...scraped, kind: 'unclear', words: `${scraped.words}; but now ${words}` };
}

/** `isServed`: it was let in by the API server, too, when the log was asked for or a few minutes before. */
function living(words: string, scraped: ScrapedPort | undefined, isServed: boolean): Port {
  if (scraped && ['answers', 'half', 'lives'].includes(scraped.kind)) return scraped;
  const though = scraped?.failed === undefined ? '' : `, though its last scrape failed${scraped.failed}`;
  const lives = { ...UNSCRAPED, ...scraped, kind: 'lives', words: `its port answers (${words})${though}` } as const;
  return isServed && though && scraped?.kind !== 'silent' ? { ...lives, isPerhapsNew: true } : lives;
}
