import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    // Node runs this project's TypeScript as it stands, and keeps what it compiled for the next run.
    experimental: { viteModuleRunner: false },
    // Much of a cluster test is waiting.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/cluster/**"],
          isolate: false,
          testTimeout: 120_000,
          // Hooks render stacks too.
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "cluster",
          include: ["test/cluster/**/*.test.ts"],
          globalSetup: "test/cluster/control-plane.ts",
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
