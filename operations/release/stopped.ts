/** A release stops where a person must decide and none is there. It is no failure: it goes on with the next `resume`. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}
