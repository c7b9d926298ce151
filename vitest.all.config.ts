import { configDefaults, defineConfig, mergeConfig } from "vitest/config";
import unit from "./vitest.config.ts";

/**
 * All tests, and the control plane that those below test/cluster share. They are no project of their own: whoever runs
 * files of one after those of another is started anew each time.
 */
const all = mergeConfig(unit, { test: { globalSetup: "test/cluster/control-plane.ts" } });
all.test.exclude = configDefaults.exclude;

export default defineConfig(all);
