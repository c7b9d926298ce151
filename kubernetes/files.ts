import { createHmac } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../platform/destination.ts";

export interface FilesArgs<K extends string> {
  /** Where its objects go. */
  readonly destination: Destination;
  /** The name of the Secret or ConfigMap. */
  readonly name: string;
  /** File contents by key; those that are `undefined` are left out. */
  readonly data: Readonly<Record<K, pulumi.Input<string> | undefined>>;
  /** @default Opaque */
  readonly type?: string;
  /** The keys whose contents are base64 of bytes that are no text. */
  readonly binary?: readonly NoInfer<K>[];
}

/** Files of a Secret that the cluster itself makes and renews, under other names; a pod is not rolled by them. */
export function foreignSecretFiles(name: string, paths: Readonly<Record<string, string>>): Picked {
  const items = Object.entries(paths).map(([key, path]) => ({ key, path }));
  return { source: { secret: { name, items } }, digest: pulumi.output(name) };
}

/** Some files of a Secret or ConfigMap: what a pod's volume names, and a digest that changes with their contents. */
export interface Picked {
  readonly source: k8s.types.input.core.v1.VolumeProjection;
  readonly digest: pulumi.Output<string>;
}

/** A Secret or ConfigMap, and what its readers need to know of it. */
export interface Files<K extends string = string> {
  readonly name: string;
  /** The named keys as files of the same names. */
  pick(...keys: readonly K[]): Picked;
  /** One key as a file of another name. */
  pickAs(key: K, path: string): Picked;
}

/** Makes a Secret of files. Every value is secret to Pulumi from here on. */
export function secretFiles<K extends string>(
  name: string,
  args: FilesArgs<K>,
  opts: pulumi.CustomResourceOptions,
): Files<K> {
  const binary: readonly string[] = args.binary ?? [];
  const data = contents(args).map(([key, value]) => {
    const known = pulumi.secret(value);
    return [key, binary.includes(key) ? known : known.apply((text) => Buffer.from(text).toString("base64"))];
  });
  new k8s.core.v1.Secret(
    name,
    {
      metadata: args.destination.object(args.name),
      type: args.type ?? "Opaque",
      data: Object.fromEntries(data),
    },
    opts,
  );
  return files(args, (items) => ({ secret: { name: args.name, items } }));
}

/** Makes a ConfigMap of files. */
export function configMapFiles<K extends string>(
  name: string,
  args: FilesArgs<K>,
  opts: pulumi.CustomResourceOptions,
): Files<K> {
  new k8s.core.v1.ConfigMap(
    name,
    { metadata: args.destination.object(args.name), data: Object.fromEntries(contents(args)) },
    opts,
  );
  return files(args, (items) => ({ configMap: { name: args.name, items } }));
}

function contents({ data }: FilesArgs<string>): [string, pulumi.Input<string>][] {
  return Object.entries(data).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
}

type Items = { key: string; path: string }[];

function files<K extends string>(args: FilesArgs<K>, source: (items: Items) => Picked["source"]): Files<K> {
  const pick = (items: { key: K; path: string }[]) => ({
    source: source(items),
    digest: digest(
      args.destination,
      items.map(({ key, path }) => pulumi.output([path, args.data[key] ?? ""])),
    ),
  });
  return {
    name: args.name,
    pick: (...keys) => pick(keys.map((key) => ({ key, path: key }))),
    pickAs: (key, path) => pick([{ key, path }]),
  };
}

/** A digest with a secret key is not secret itself, and must not hide the rest of the pod in Pulumi's previews. */
function digest({ digestKey }: Destination, contents: pulumi.Output<string[]>[]): pulumi.Output<string> {
  const hash = pulumi
    .all([digestKey, ...contents])
    .apply(([key, ...all]) => createHmac("sha256", String(key)).update(JSON.stringify(all)).digest("hex"));
  return pulumi.unsecret(hash);
}
