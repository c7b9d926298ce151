import { z } from "zod";
import { jsonIn } from "../system/json-text.ts";
import { type Destination, PATCH_FORCE } from "./destination.ts";

/** The annotation by which OpenShift puts each newly imported image into a workload. */
const TRIGGERS = "image.openshift.io/triggers";

const LISTS = ["containers", "initContainers"] as const;

interface Pods {
  readonly destination: Destination;
  readonly containers: readonly Followable[];
  readonly initContainers?: readonly Followable[];
}

interface Followable {
  readonly name: string;
  readonly image: { readonly stream?: string };
}

/** A container whose image is OpenShift's, once it has put one in. */
export interface Followed {
  readonly list: (typeof LISTS)[number];
  readonly container: string;
  /** The ImageStreamTag that it follows, which stands for its image until then. */
  readonly reference: string;
}

/** The annotations of a workload that asks OpenShift for new images. */
export function imageTriggers({ destination, ...pods }: Pods): Record<string, string> | undefined {
  if (!destination.platform.imageStreams) return undefined;
  const triggers = LISTS.flatMap((list) =>
    (pods[list] ?? []).flatMap(({ name, image: { stream } }) =>
      stream === undefined
        ? []
        : {
            from: { kind: "ImageStreamTag", name: stream },
            fieldPath: `spec.template.spec.${list}[?(@.name=="${name}")].image`,
          },
    ),
  );
  // An image that is pinned may have been OpenShift's before, and the provider would stop at the conflict.
  return { ...(triggers.length > 0 && { [TRIGGERS]: JSON.stringify(triggers) }), ...PATCH_FORCE };
}

/** The containers of a workload that ask for new images. */
export function followed({ annotations = {} }: { readonly annotations?: Annotations }): Followed[] {
  const { data: triggers = [] } = Triggers.safeParse(jsonIn(annotations[TRIGGERS] ?? "[]"));
  return triggers.flatMap(({ from, fieldPath }) => {
    const [, list, container] = /spec\.(\w+)\[\?\(@\.name=="([^"]+)"\)\]/.exec(fieldPath) ?? [];
    const known = LISTS.find((one) => one === list);
    return known && container ? [{ list: known, container, reference: from.name }] : [];
  });
}

/** The annotation of a workload in the cluster can be anything. */
const Triggers = z.array(z.object({ from: z.object({ name: z.string() }), fieldPath: z.string() }));

type Annotations = Readonly<Record<string, string>>;
