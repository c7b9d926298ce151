import fc from "fast-check";
import { expect, it } from "vitest";
import { visible } from "../../system/visible.ts";

it("what cannot be seen is shown by its number, and the rest as it is", () => {
  expect(visible("a b\tc\nčeština → 日本語")).toBe("a b\tc\nčeština → 日本語");
  expect(visible("\u202e\u2028\u200b\u00a0\r\u{e0041}\ud800\u3164\u2800")).toBe(
    "⟨U+202E⟩⟨U+2028⟩⟨U+200B⟩⟨U+00A0⟩⟨U+000D⟩⟨U+E0041⟩⟨U+D800⟩⟨U+3164⟩⟨U+2800⟩",
  );
});

it("what is shown so is shown the same once more", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => visible(visible(text)) === visible(text)));
});
