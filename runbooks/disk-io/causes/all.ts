import { controlPlane } from './control-plane.ts';
import { cpuStarved } from './cpu-starved.ts';
import { failingDisk } from './failing-disk.ts';
import { imagePulls } from './image-pulls.ts';
import { logFlood } from './log-flood.ts';
import { otherWriter } from './other-writer.ts';
import { slowDevice } from './slow-device.ts';
import { swapping } from './swapping.ts';
import { writerUnseen } from './writer-unseen.ts';

/** First what makes blame on this node pointless, then a broken disk, then who works it, then what only looks so. */
export const causes = {
  writerUnseen,
  controlPlane,
  failingDisk,
  logFlood,
  otherWriter,
  imagePulls,
  swapping,
  slowDevice,
  cpuStarved,
};
