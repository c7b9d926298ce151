/** What a test reads any field of, and fails where the field is not there. */
// biome-ignore lint/suspicious/noExplicitAny: that is what it is for.
export type Anything = any;
