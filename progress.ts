import { ListrLogger, ProcessOutput } from "listr2";

const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });

/**
 * How lists of tasks are shown: on stderr, as stdout is for results; in place on a terminal, line by line elsewhere.
 * What failed is for the caller to say.
 */
export const PROGRESS = {
  registerSignalListeners: false,
  fallbackRenderer: "simple",
  fallbackRendererCondition: () => !process.stderr.isTTY,
  rendererOptions: { showErrorMessage: false, collapseErrors: false, logger },
  fallbackRendererOptions: { logger },
} as const;
