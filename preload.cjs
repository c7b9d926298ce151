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

require("./without-npm.cjs");
require("./without-typescript.cjs");
