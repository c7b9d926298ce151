/** The annotation that changes, and so rolls the pod, when a file or secret that it reads does. */
export const DIGEST_ANNOTATION = "packit.dev/files";
