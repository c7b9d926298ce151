import type { Step } from "./step.ts";
import { announce } from "./steps/announce.ts";
import { checkStage } from "./steps/check-stage.ts";
import { cleanRegistry } from "./steps/clean-registry.ts";
import { deploy } from "./steps/deploy.ts";
import { moveStable } from "./steps/move-stable.ts";
import { notes } from "./steps/notes.ts";
import { publish } from "./steps/publish.ts";
import { restoreTopics } from "./steps/restore-topics.ts";
import { verify } from "./steps/verify.ts";
import { waitImages } from "./steps/wait-images.ts";

/** The steps of a release, in their order. */
export const STEPS: readonly Step[] = [
  checkStage,
  announce,
  moveStable,
  waitImages,
  notes,
  deploy,
  verify,
  restoreTopics,
  publish,
  cleanRegistry,
];
