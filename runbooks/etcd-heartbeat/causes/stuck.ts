import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { asOfScrapes, type Member, membership, nameOf, oldWords, podOf, silence } from '../members.ts';
import type { Seen } from '../seen.ts';
import { allMembers, bytes, duration, listed } from '../words.ts';
import {
  everyPeerConnected,
  isHeardByPeers,
  isMissed,
  isOnGoodNode,
  isOnLostNode,
  isOnUnseenNode,
  unlessCheckPasses,
} from './witnesses.ts';

/** A member is there and does nothing: it accepts connections and answers none. */
export function memberStuck(seen: Seen, maybe: Maybe): Verdict {
  const all = membership(seen.members, maybe.peers, maybe.pods);
  const { silent, known, size, isWhole } = all;
  if (known.length === 0) return inconclusive('etcd is not scraped');
  if (silent.length === 0) {
    const others = known.length < size ? `; ${size - known.length} of ${size} are not scraped` : '';
    const words = `${allMembers(known.length, 'answers', 'answer')}${others}`;
    if (!isWhole) return inconclusive(`${words}; whether there are more could not be seen`);
    if (others === '' || everyPeerConnected(seen.members, maybe)) return ruledOut(`${words}${asOfScrapes(known)}`);
    return inconclusive(`${words}, and their peers are not connected to all of them`);
  }
  const hanging = silent.filter((member) => silence(member) === 'hanging');
  const names = listed(hanging.map((member) => nameOf(member, maybe.pods)));
  const unheard = hanging.filter((member) => !isOnLostNode(member, maybe) && !isHeardByPeers(member, maybe));
  const stuck = unheard.filter((member) => maybe.readyz?.etcd === false || isMissed(member, maybe));
  const contradicted = unlessCheckPasses(stuck.length > 0 ? stuck : hanging, all, maybe);
  if (contradicted) return inconclusive(contradicted);
  if (stuck.some((member) => isOnUnseenNode(member, maybe))) {
    return inconclusive(`scrapes of ${names} hang; whether its machine is gone could not be seen`);
  }
  if (stuck.length > 0) {
    const words = listed(stuck.map((member) => stuckWords(member, maybe)));
    return stuck.every((member) => isOnGoodNode(member, maybe) || isOutOfMemory(member, maybe))
      ? confirmed(words)
      : inconclusive(`${words}. A machine that is down or cut off from the network looks the same: does it answer?`);
  }
  if (hanging.some((member) => isOnLostNode(member, maybe))) {
    return inconclusive(`${names} does not answer, but its node is not ready: rather the machine`);
  }
  if (unheard.length > 0) {
    return inconclusive(`scrapes of ${names} hang; whether its peers hear it could not be seen`);
  }
  if (hanging.length > 0) {
    return inconclusive(
      `scrapes of ${names} hang while its peers hear it: only the scrape, or only since a moment ago`,
    );
  }
  if (silent.every((member) => silence(member) === 'refused')) {
    return ruledOut('the member that does not answer refuses at once; a stuck one hangs');
  }
  return inconclusive(oldWords(silent, maybe.pods) ?? 'a member does not answer; how is not clear');
}

function stuckWords(member: Member, maybe: Maybe): string {
  const waited = duration(member.scrapeSeconds ?? 0);
  const how = isOnGoodNode(member, maybe) ? 'accepts a scrape and does not answer it' : 'does not answer a scrape';
  return `${nameOf(member, maybe.pods)} ${how} within ${waited} (a stopped member refuses in milliseconds)${memoryOf(member, maybe)}`;
}

function memoryOf(member: Member, maybe: Maybe): string {
  const limit = podOf(member, maybe.pods)?.memoryLimitBytes;
  const { memoryBytes } = member;
  if (memoryBytes === undefined) return '';
  const last = `; when last heard it held ${bytes(memoryBytes)} of memory`;
  if (limit === undefined) return last;
  return isOutOfMemory(member, maybe)
    ? `${last}, which is its limit (${bytes(limit)}): it waits for memory`
    : `${last} (limit ${bytes(limit)})`;
}

/** A second witness that it is the process that hangs, and not its machine: what it held when last heard. */
function isOutOfMemory(member: Member, { pods }: Maybe): boolean {
  const limit = podOf(member, pods)?.memoryLimitBytes ?? Number.POSITIVE_INFINITY;
  return (member.memoryBytes ?? 0) > limits.memoryShare * limit;
}
