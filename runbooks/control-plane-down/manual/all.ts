import {
  askDependency,
  askEtcd,
  findApiServers,
  mendTheWay,
  recoverMachine,
  whatNotToDo,
  whatWorksOn,
} from './around.ts';
import { renewCertificate, renewOthersCertificate } from './certificates.ts';
import type { Manual } from './commands.ts';
import { askItsHealth, bringBackManifest, giveMemory, mendManifest, readWhyItEnds, restoreImage } from './instances.ts';
import { electAnew, letPrometheusSee } from './leading.ts';

export const manual = {
  whatWorksOn,
  findApiServers,
  mendTheWay,
  askDependency,
  askEtcd,
  recoverMachine,
  bringBackManifest,
  restoreImage,
  mendManifest,
  renewCertificate,
  renewOthersCertificate,
  askItsHealth,
  giveMemory,
  readWhyItEnds,
  electAnew,
  letPrometheusSee,
  whatNotToDo,
} satisfies Record<string, Manual>;

export type ManualName = keyof typeof manual;
