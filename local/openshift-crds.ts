import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { kitFile } from "./kit.ts";
import type { Paths } from "./paths.ts";

/** A JSON schema, as OpenShift publishes it and as a CustomResourceDefinition takes it. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
}

type Definitions = Readonly<Record<string, Schema>>;

/** Kinds that OpenShift's own API server serves: no CustomResourceDefinition of them is published. */
const KINDS = [
  {
    group: "image.openshift.io",
    kind: "ImageStream",
    plural: "imagestreams",
    definition: "image.v1.ImageStream",
  },
  {
    group: "image.openshift.io",
    kind: "ImageStreamImport",
    plural: "imagestreamimports",
    definition: "image.v1.ImageStreamImport",
  },
  {
    group: "build.openshift.io",
    kind: "BuildConfig",
    plural: "buildconfigs",
    definition: "build.v1.BuildConfig",
  },
  { group: "build.openshift.io", kind: "Build", plural: "builds", definition: "build.v1.Build" },
] as const;

/** CustomResourceDefinitions of OpenShift's kinds, as strict as its own API server is about unknown fields. */
export function openshiftCrds(paths: Paths): KubernetesObject[] {
  const route = parse(readFileSync(kitFile(paths, "route-crd.yaml"), "utf8"));
  const { definitions } = JSON.parse(readFileSync(kitFile(paths, "openshift-openapi.json"), "utf8"));
  return [route, ...KINDS.map((kind) => crd(kind, definitions))];
}

function crd(
  { group, kind, plural, definition }: (typeof KINDS)[number],
  definitions: Definitions,
): KubernetesObject {
  const { properties = {} } = definitions[`com.github.openshift.api.${definition}`] ?? {};
  const schema = structural(
    { type: "object", properties: { ...properties, metadata: { type: "object" } } },
    definitions,
  );
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
        },
      ],
    },
  };
}

/**
 * A schema without references, in the form that a CustomResourceDefinition must have. `required` is left out: the
 * published lists name fields that OpenShift's server fills in itself.
 */
export function structural(schema: Schema, definitions: Definitions): Schema {
  if (schema.$ref !== undefined) return referenced(schema.$ref.replace("#/definitions/", ""), definitions);
  const { type, format, items, properties, additionalProperties } = schema;
  return {
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format }),
    ...(schema.enum && { enum: schema.enum }),
    ...(items && { items: structural(items, definitions) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, structural(property, definitions)]),
      ),
    }),
    ...(typeof additionalProperties === "object" && {
      additionalProperties: structural(additionalProperties, definitions),
    }),
  };
}

function referenced(name: string, definitions: Definitions): Schema {
  if (/\.(Quantity|IntOrString)$/.test(name)) return { "x-kubernetes-int-or-string": true };
  if (/\.(RawExtension|ObjectMeta)$/.test(name)) {
    return { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  }
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`OpenShift's schemas have no definition ${name}.`);
  return structural(definition, definitions);
}
