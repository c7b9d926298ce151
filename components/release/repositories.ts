/** The repositories that are released, in the form of the setting `packit:release.repositories`. */
export const REPOSITORIES = [
  library("ogr", { package: "python-ogr", notes: true, version: "ogr" }),
  library("specfile", { package: "python-specfile", notes: true, version: "specfile" }),
  library("packit", { package: "packit", notes: true, version: "packit", after: ["ogr", "specfile"] }),
  imaged("packit-service-fedmsg", { images: ["fedmsg"], workflow: "build-and-push.yml", notes: false }),
  imaged("sandcastle", { images: ["sandbox"], workflow: "build-and-push.yml", notes: false }),
  imaged("dashboard", { images: ["dashboard"], workflow: "build-and-push.yml", notes: true }),
  {
    ...imaged("packit-service", {
      images: ["service", "worker"],
      workflow: "rebuild-and-push-images.yml",
      notes: true,
    }),
    after: ["packit"],
    version: "packit_service",
  },
];

function library(
  name: string,
  more: { package: string; notes: boolean; version: string; after?: readonly string[] },
) {
  return { ...at(name), ...more, after: [...(more.after ?? [])] };
}

function imaged(name: string, more: { images: readonly string[]; workflow: string; notes: boolean }) {
  return { ...at(name), ...more, images: [...more.images] };
}

function at(name: string) {
  return { name, github: `packit/${name}`, remote: `git@github.com:packit/${name}.git` };
}
