// What Node runs before Pulumi's runtime (Pulumi.yaml, nodeargs).
const { join } = require("node:path");

// From the second run on, nothing is compiled anew.
require("node:module").enableCompileCache?.(join(__dirname, "node_modules", ".cache", "node"));

// Pulumi's runtime makes an error without a message for each promise and each resource, to know where that was made. It
// would record the path of this checkout in the state, and lead each stack through source maps, which takes longer than
// the program. Node runs this project's TypeScript as it stands: the stacks of real errors are right without.
const stackOf = (error, sites) =>
  error.message === "" ? "" : [error, ...sites.map((site) => `    at ${site}`)].join("\n");
Object.defineProperty(Error, "prepareStackTrace", { get: () => stackOf, set: () => {} });

// Pulumi's runtime loads npm, which can pack functions to be run elsewhere, and takes a tenth of a run for it. This
// program packs none; whoever does gets it then.
const Module = require("node:module");
const npm = require.resolve("@npmcli/arborist", { paths: [require.resolve("@pulumi/pulumi")] });
require.cache[npm] = Object.assign(new Module(npm), {
  loaded: true,
  exports: {
    __esModule: true,
    get Arborist() {
      delete require.cache[npm];
      return require(npm).Arborist;
    },
  },
});
