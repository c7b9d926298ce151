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
