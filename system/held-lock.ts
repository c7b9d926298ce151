/** Whether it was somebody else's lock that kept proper-lockfile from taking one. */
export function isHeld(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOCKED";
}
