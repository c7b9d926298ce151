import type { Command } from "./verb.ts";
import { VERSION } from "./version.ts";

/** Every command of the project. What a verb needs is loaded when it is called. */
export const ops: Command = {
  meta: { name: "ops", description: `Packit Service's deployment, version ${VERSION}.` },
  subCommands: {
    render: () => import("./render.ts").then(({ render }) => render),
    local: () => import("./local.ts").then(({ local }) => local),
    "test-instance": () => import("./test-instance.ts").then(({ testInstance }) => testInstance),
    cache: () => import("./cache.ts").then(({ cache }) => cache),
    images: () => import("./images.ts").then(({ images }) => images),
    egress: () => import("./egress.ts").then(({ egress }) => egress),
    "take-over": () => import("./take-over.ts").then(({ takeOver }) => takeOver),
    doctor: () => import("./doctor.ts").then(({ doctor }) => doctor),
    stack: () => import("./stack.ts").then(({ stack }) => stack),
    diff: () => import("./diff.ts").then(({ diff }) => diff),
    preview: () => import("./preview.ts").then(({ preview }) => preview),
    deploy: () => import("./deploy.ts").then(({ deploy }) => deploy),
    release: () => import("./release.ts").then(({ release }) => release),
    settings: () => import("./settings.ts").then(({ settings }) => settings),
    completion: () => import("./completion.ts").then(({ completion }) => completion),
    complete: () => import("./completion.ts").then(({ complete }) => complete(() => ops)),
  },
};
