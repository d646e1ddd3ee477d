import { canLook, type Incident } from './incident.ts';
import { noStorm, type Storm } from './storm.ts';
import { type Target, wordsOf } from './target.ts';
import { counted } from './words.ts';

const FEW_NAMES = 10;

export function stormTitle(storm: Storm): string {
  const [only, ...others] = storm.members;
  if (storm.mixed && only && others.length === 0 && storm.more === 0) return `Many alerts at once about ${only}`;
  // What is in trouble is not known of alerts whose labels name no object.
  const named = storm.members.some((name) => !name.startsWith('alert/'));
  return `${countMembers(storm)} ${named ? 'in trouble at once' : 'at once'}`;
}

/** "37 nodes, 412 pods": what the storm took in, by kind. */
function countMembers({ members, more }: Pick<Storm, 'members' | 'more'>): string {
  const kinds = Map.groupBy(members, (name) => name.split('/')[0] ?? '');
  const counts = [...kinds].map(([kind, names]) =>
    counted(names.length, kind === 'unresolved' ? 'unknown target' : kind),
  );
  return [...counts, ...(more > 0 ? [`others (${counted(more, 'alert')})`] : [])].join(', ');
}

/** Its members, and of which one the card speaks. */
export function stormNote(incident: Incident): string {
  const storm = incident.storm ?? noStorm;
  const { members, more } = storm;
  const named = members.slice(0, FEW_NAMES).join(', ');
  const rest = members.length - FEW_NAMES + more;
  const speaks = canLook(incident) && incident.firing.length > 0;
  const looked = speaks ? ` ${lookedAtWords(storm, incident.target)}` : '';
  return `One card for many alerts: ${named}${rest > 0 ? ` and ${rest} more` : ''}.${looked}`;
}

/** For whom it speaks that the card has looked at this one. */
export function lookedAtWords({ mixed }: Storm, target: Target): string {
  return `Looked at ${wordsOf(target)}${mixed ? ', one of them' : ' for all of them'}.`;
}
