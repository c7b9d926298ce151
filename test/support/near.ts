import fc from "fast-check";

/** Lengths at which some reader or other draws a line. */
const LENGTHS = [63, 64, 128, 129, 253, 254];

/** Texts that are right, or nearly so: some that are, with characters of an alphabet put in, out, or in others' place. */
export function near(right: readonly string[], alphabet: string): fc.Arbitrary<string> {
  const edit = fc.record({
    what: fc.constantFrom("insert", "replace", "remove", "fill"),
    at: fc.nat(),
    char: fc.constantFrom(...alphabet),
    length: fc.constantFrom(...LENGTHS),
  });
  return fc.tuple(fc.constantFrom(...right), fc.array(edit, { maxLength: 2 })).map(([text, edits]) =>
    edits.reduce((before, { what, at: somewhere, char, length }) => {
      const at = somewhere % (before.length + 1);
      const put =
        what === "remove" ? "" : what === "fill" ? char.repeat(Math.max(0, length - before.length)) : char;
      const taken = what === "replace" || what === "remove" ? 1 : 0;
      return before.slice(0, at) + put + before.slice(at + taken);
    }, text),
  );
}
