import { defineRunbook } from '../../engine/runbook.ts';
import { NodeTarget } from '../../engine/target.ts';
import { alerts } from './alerts.ts';
import { clockJumped } from './causes/clock-jumped.ts';
import { controllerManagerDown } from './causes/controller-manager-down.ts';
import { cutOff } from './causes/cut-off.ts';
import { frozenAnswers } from './causes/frozen-answers.ts';
import { kubeletStopped } from './causes/kubelet-stopped.ts';
import { kubeletStuck } from './causes/kubelet-stuck.ts';
import { machineDown } from './causes/machine-down.ts';
import { manyNodes } from './causes/many-nodes.ts';
import { networkPlugin } from './causes/network-plugin.ts';
import { plannedWork } from './causes/planned-work.ts';
import { pressure } from './causes/pressure.ts';
import { removed } from './causes/removed.ts';
import { runtimeGone } from './causes/runtime-gone.ts';
import { runtimeHangs } from './causes/runtime-hangs.ts';
import { unauthorized } from './causes/unauthorized.ts';
import { evidence } from './evidence.ts';
import { recovered } from './recovered.ts';
import { manual, remedies } from './remedies.ts';

export const runbook = defineRunbook({
  id: 'node-not-ready',
  title: 'Node is not ready',
  alerts,
  target: NodeTarget,
  evidence,
  // First what makes every other answer doubtful, then from the whole machine inwards.
  causes: {
    frozenAnswers,
    manyNodes,
    removed,
    machineDown,
    unauthorized,
    kubeletStopped,
    kubeletStuck,
    cutOff,
    clockJumped,
    runtimeGone,
    runtimeHangs,
    networkPlugin,
    pressure,
    plannedWork,
    controllerManagerDown,
  },
  remedies,
  manual,
  recovered,
});
