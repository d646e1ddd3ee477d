import { type Facts, type NodeFacts, unknownSince } from '../facts.ts';
import { podsOfNode } from './pods.ts';
import { type KubeObject, meta, suffix, time, uid } from './values.ts';

/** The node lifecycle controller's events: on the Node (type Normal!) and on each of its pods (Warning). */
export function eventsOf(facts: Facts, now: number): KubeObject[] {
  return facts.nodes.flatMap((node) => {
    const since = unknownSince(node, now);
    return since === undefined ? [] : [nodeEvent(node, since), ...podEvents(facts, node, since, now)];
  });
}

function nodeEvent(node: NodeFacts, at: number): KubeObject {
  const message = `Node ${node.name} status is now: NodeNotReady`;
  const about = { kind: 'Node', name: node.name, uid: uid('Node', '', node.name), apiVersion: 'v1' };
  return event('default', about, 'Normal', 'NodeNotReady', message, at);
}

function podEvents(facts: Facts, node: NodeFacts, at: number, now: number): KubeObject[] {
  return podsOfNode(facts, node, now).map(({ metadata }) => {
    const { name, namespace = 'default', uid: id, resourceVersion } = metadata;
    const about = { kind: 'Pod', namespace, name, uid: id, apiVersion: 'v1', resourceVersion };
    return event(namespace, about, 'Warning', 'NodeNotReady', 'Node is not ready', at);
  });
}

function event(
  namespace: string,
  about: Readonly<Record<string, unknown>>,
  type: string,
  reason: string,
  message: string,
  at: number,
): KubeObject {
  const name = `${String(about.name)}.${suffix(reason, String(about.name))}${suffix(String(at))}`;
  return {
    metadata: meta('Event', name, at, { namespace }),
    involvedObject: about,
    reason,
    message,
    source: { component: 'node-controller' },
    firstTimestamp: time(at),
    lastTimestamp: time(at),
    count: 1,
    type,
    eventTime: null,
    reportingComponent: 'node-controller',
    reportingInstance: '',
  };
}
