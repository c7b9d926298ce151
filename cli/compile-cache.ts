import { enableCompileCache } from "node:module";

// Imported first by each command: most of a command's start goes into compiling Pulumi's modules.
enableCompileCache();
