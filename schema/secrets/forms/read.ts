/** What is wrong with a secret's value, in words that hold nothing of it. */
export interface Fault {
  readonly fault: string;
  /** What mends the value before it is given again. @default - nothing but to give another one */
  readonly remedy?: string;
}

/** A value as its readers want it, or what keeps them from using it. */
export type Read<T = string> = { readonly value: T } | Fault;

/** A value that is something else altogether. */
export const OTHER_FORM: Fault = { fault: "a value of another form" };
