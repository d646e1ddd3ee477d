import { clockJumped } from './clock-jumped.ts';
import { clockOff } from './clock-off.ts';
import { controllerManagerDown } from './controller-manager-down.ts';
import { cutOff } from './cut-off.ts';
import { frozenAnswers } from './frozen-answers.ts';
import { kernelTrouble } from './kernel.ts';
import { kubeletStopped } from './kubelet-stopped.ts';
import { kubeletStuck } from './kubelet-stuck.ts';
import { machineDown } from './machine-down.ts';
import { manyNodes } from './many-nodes.ts';
import { networkPlugin } from './network-plugin.ts';
import { plannedWork } from './planned-work.ts';
import { pressure } from './pressure.ts';
import { removed } from './removed.ts';
import { runtimeGone } from './runtime-gone.ts';
import { runtimeHangs } from './runtime-hangs.ts';
import { systemdSilent } from './systemd-silent.ts';
import { unauthorized } from './unauthorized.ts';
import { volumesUnavailable } from './volumes.ts';

/** First what makes every other answer doubtful, then from the whole machine inwards. */
export const causes = {
  frozenAnswers,
  manyNodes,
  removed,
  machineDown,
  unauthorized,
  kubeletStopped,
  kubeletStuck,
  cutOff,
  clockJumped,
  clockOff,
  runtimeGone,
  runtimeHangs,
  systemdSilent,
  networkPlugin,
  kernelTrouble,
  pressure,
  volumesUnavailable,
  plannedWork,
  controllerManagerDown,
};
