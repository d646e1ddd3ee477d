import { firstReadyAt, startedAt, type Turn, turnOf } from '../crash-loop.ts';
import { hexOf } from '../identity.ts';
import type { PodPlace } from '../placement.ts';
import { podUid } from './pods.ts';
import { time } from './values.ts';

/** How the pod's one container is: it runs, or it is on its turn between running and being ended. */
export function containerStatus(place: PodPlace, now: number): Record<string, unknown> {
  const { container } = place.workload;
  const image = place.life?.revision.image ?? place.workload.image;
  if (now < startedAt(place)) return waiting(container, image);
  const turn = turnOf(place, now);
  const { state, lastState, id } = turn ? takingTurns(place, turn) : running(place);
  return {
    name: container,
    state,
    lastState,
    ready: turn === undefined && now >= firstReadyAt(place),
    restartCount: turn?.restarts ?? 0,
    image,
    imageID: `${image.replace(/:[^:/]+$/, '')}@sha256:${hexOf(64, image)}`,
    containerID: id,
    started: turn?.running ?? true,
  };
}

/** Its kubelet is at it, or will be. */
function waiting(name: string, image: string): Record<string, unknown> {
  const state = { waiting: { reason: 'ContainerCreating' } };
  return { name, state, lastState: {}, ready: false, restartCount: 0, image, imageID: '', started: false };
}

function running(place: PodPlace) {
  return { state: { running: { startedAt: time(startedAt(place)) } }, lastState: {}, id: idOf(place) };
}

/** Each run is a container of its own. */
function takingTurns(place: PodPlace, turn: Turn) {
  const { name, workload } = place;
  const { namespace, container } = workload;
  const { ended } = turn;
  const lastState = ended
    ? {
        terminated: {
          ...turn.exit,
          startedAt: time(ended.startedAt),
          finishedAt: time(ended.finishedAt),
          containerID: idOf(place, ended.startedAt),
        },
      }
    : {};
  const who = `container=${container} pod=${name}_${namespace}(${podUid(place)})`;
  const message = `back-off 5m0s restarting failed ${who}`;
  const state = turn.running
    ? { running: { startedAt: time(turn.startedAt) } }
    : { waiting: { reason: 'CrashLoopBackOff', message } };
  return { state, lastState, id: idOf(place, turn.startedAt) };
}

function idOf({ node, name }: PodPlace, startedAt?: number): string {
  const run = startedAt === undefined ? [] : [String(startedAt)];
  return `containerd://${hexOf(64, 'container', `${node.name}/${name}`, ...run)}`;
}
