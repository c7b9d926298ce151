/** What git forbids in the name of a branch, each as it is found in one (git help check-ref-format). */
const FORBIDDEN = [
  /^$|^@$(?!)/,
  // An option, and what a branch cannot be called beside.
  /^-|^HEAD$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is forbidden.
  /[\x00-\x20\x7f~^:?*[\\]/,
  /\.\.|@\{/,
  // A part that is empty, hidden, or named as a lock.
  /(^|\/)(\/|\.|$)|\/$/,
  /\.lock(\/|$)/,
  /\.$/,
];

/** Whether git takes a text for the name of a branch. */
export function isBranchName(text: string): boolean {
  return text.isWellFormed() && !FORBIDDEN.some((pattern) => pattern.test(text));
}
