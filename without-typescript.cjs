// Pulumi's runtime loads TypeScript, which can read functions that are to be run elsewhere, and takes a fifth of a run for
// it. This program has none; whoever does gets it then.
const Module = require("node:module");
const { dirname, join } = require("node:path");
const shim = join(dirname(require.resolve("@pulumi/pulumi")), "typescript-shim.js");
require.cache[shim] = Object.assign(new Module(shim), {
  loaded: true,
  exports: new Proxy({}, { get: (_, name) => typescript()[name] }),
});

function typescript() {
  delete require.cache[shim];
  return require(shim);
}
