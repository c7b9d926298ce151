import { type ReleaseSettings, releaseSettings } from "../components/release/settings.ts";
import { check } from "./check.ts";
import { readProject } from "./stack-file.ts";
import { violationsError } from "./violation.ts";

/** Reads what the weekly update works with from Pulumi.yaml; what does not stand there is as it is by default. */
export function loadRelease(root: string): ReleaseSettings {
  const project = readProject(root);
  const values = project.values();
  const checked = check(releaseSettings, values.release ?? {}, ["release"]);
  if ("data" in checked) return checked.data;
  throw violationsError({ stack: "prod", values, file: project, project }, checked.violations);
}
