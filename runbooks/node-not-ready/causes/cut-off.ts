import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { flapping, lifeOf, type NodeCause, needsPort, portOf, trusting } from '../signs.ts';

export const cutOff: NodeCause = {
  title: 'The kubelet lives but does not reach the API server',
  judge: trusting((_seen, maybe, { now }) => {
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing') {
      const restless = flapping(maybe);
      return restless ? inconclusive(`${life.words}, but ${restless}`) : ruledOut(life.words);
    }
    const port = portOf(maybe);
    if (!port) return inconclusive(needsPort(maybe));
    if (port.kind === 'refuses') return ruledOut(`${port.words}: no live kubelet is seen`);
    if (port.kind === 'silent' || port.kind === 'unclear') {
      return inconclusive(`${port.words}: whether the kubelet lives cannot be seen`);
    }
    const { apiCalls } = maybe;
    if (!apiCalls) return inconclusive(`${port.words}, but its own count of calls to the API server is not to be had`);
    const { refused = 0, unansweredPerSecond: unanswered = 0, brokenPerSecond: broken = 0 } = apiCalls;
    if (refused > 0) return ruledOut(`the API server does answer it: ${Math.round(refused)} times 401 in 30 minutes`);
    const figures = `${unanswered.toFixed(2)} calls a second get no answer`;
    if (unanswered > 0 && life.state === 'run out') return confirmed(`${port.words}, yet ${life.words} and ${figures}`);
    if (broken > 0) {
      return inconclusive(
        `${port.words}; ${broken.toFixed(2)} calls a second are answered 429 or 5xx: see the API server`,
      );
    }
    return inconclusive(`${port.words} and ${life.words}, but ${figures}`);
  }),
  remedies: ['cordon', 'checkPath', 'keepPods'],
};
