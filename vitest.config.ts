import { configDefaults, defineConfig } from "vitest/config";

/** The tests that need no control plane; vitest.all.config.ts has all. */
export default defineConfig({
  test: {
    pool: "forks",
    // Node runs this project's TypeScript as it stands, and keeps what it compiled for the next run.
    experimental: { viteModuleRunner: false },
    // Much of a test is waiting.
    maxWorkers: 6,
    isolate: false,
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "test/cluster/**"],
    testTimeout: 120_000,
    // Hooks render stacks too.
    hookTimeout: 120_000,
  },
});
