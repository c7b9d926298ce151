// What Node runs before Pulumi's runtime (Pulumi.yaml, nodeargs): from the second run on, nothing is compiled anew.
const { join } = require("node:path");

require("node:module").enableCompileCache?.(join(__dirname, "node_modules", ".cache", "node"));
