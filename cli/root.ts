/** The project's folder, as for Pulumi's own CLI: where the command runs. `npm run` sees to that. */
export const ROOT = process.cwd();
