import { defineCommand } from "citty";
import { reference } from "../settings/reference.ts";

export const settings = defineCommand({
  meta: { name: "settings", description: "Print the reference of all settings, as docs/settings.md has it." },
  run: () => void process.stdout.write(reference()),
});
