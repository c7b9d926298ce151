import { parseArgs } from "node:util";
import type { ArgDef, ArgsDef } from "citty";
import { UserError } from "../errors.ts";
import { allOf, everyMistake } from "../settings/every-mistake.ts";
import { nearest } from "../settings/violation.ts";

/** What ends the hint of a positional argument, or of an option, of which there may be any number. */
export const REPEATED = "…";

/**
 * Refuses what a verb does not take. citty itself takes any option and any number of words; what is mistyped or forgotten
 * must not go unnoticed.
 */
export function checkArguments(args: ArgsDef, words: readonly string[]): void {
  const { options, positionals, isBare } = parsed(args, words);
  const isKnown = ({ name, raw }: Option) =>
    raw === `--${name}` && Object.hasOwn(args, name) && isOption(args[name]);
  everyMistake({
    options: () => allOf(options, (option) => checkOption(args, option)),
    twice: () =>
      allOf([...new Set(options.filter(isKnown).map(({ name }) => name))], (name) => {
        const isTwice = options.filter((one) => one.name === name).length > 1;
        if (isTwice && !isRepeatable(args[name]))
          throw new UserError(`--${name} is given twice. Give it once.`);
      }),
    missing: () =>
      allOf(Object.entries(args), ([name, arg]) => {
        const isGiven = arg.type === "positional" || options.some((one) => one.name === name);
        if (arg.required && !isGiven)
          throw new UserError(`--${name}=${hintOf(name, arg)} is missing: ${arg.description}`);
      }),
    empty: () => {
      if (isBare && positionals.includes(""))
        throw new UserError("An argument is empty: a variable without a value?");
    },
    // What stands behind an unknown option may be its value.
    positionals: () => checkPositionals(args, positionals, options.every(isKnown)),
  });
}

/** All values of an option that may stand there more than once. */
export function repeated(args: ArgsDef, words: readonly string[], name: string): string[] {
  return parsed(args, words).options.flatMap((option) => (option.name === name ? (option.value ?? []) : []));
}

/** The words that are no option and no value of one. */
export function positionalsIn(args: ArgsDef, words: readonly string[]): string[] {
  return parsed(args, words).positionals;
}

/** The names of the options that are given, as they are written. */
export function optionsIn(args: ArgsDef, words: readonly string[]): string[] {
  return parsed(args, words).options.map(({ name }) => name);
}

/** The words for the last positional argument, of which there may be any number. */
export function furtherWords(args: ArgsDef, words: readonly string[]): string[] {
  const count = Object.values(args).filter(({ type }) => type === "positional").length;
  return positionalsIn(args, words).slice(count - 1);
}

/** Whether help is asked for, and is not the value of an option. */
export function wantsHelp(args: ArgsDef, words: readonly string[]): boolean {
  return parsed(args, words).options.some(({ raw }) => raw === "--help" || raw === "-h");
}

interface Option {
  readonly name: string;
  /** As it was written: `--json`, `-x`. */
  readonly raw: string;
  readonly value: string | undefined;
  readonly isInline: boolean;
}

function parsed(args: ArgsDef, words: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(args)
      .filter(([, { type }]) => type !== "positional")
      .map(([name, { type }]) => [name, { type: type === "boolean" ? "boolean" : "string" }] as const),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, tokens: true });
  return {
    options: tokens.flatMap((token): Option[] => {
      if (token.kind !== "option") return [];
      return [
        { name: token.name, raw: token.rawName, value: token.value, isInline: token.inlineValue === true },
      ];
    }),
    positionals: tokens.flatMap((token) => (token.kind === "positional" ? token.value : [])),
    // What stands behind -- is taken as it is.
    isBare: !tokens.some(({ kind }) => kind === "option-terminator"),
  };
}

function checkOption(args: ArgsDef, { name, raw, value, isInline }: Option): void {
  const known = Object.keys(args).filter((one) => args[one]?.type !== "positional");
  const arg = raw === `--${name}` && known.includes(name) ? args[name] : undefined;
  if (arg === undefined)
    throw new UserError(
      `Unknown option ${raw}. ${nearOr(
        name,
        known.map((one) => `--${one}`),
      )}`,
    );
  if (arg.type === "boolean") {
    if (isInline) throw new UserError(`${raw} takes no value. Give it as it is, or leave it out.`);
    return;
  }
  // What starts with a dash was most likely meant as the next option.
  const isMissing = value === undefined || value === "" || (!isInline && value.startsWith("-"));
  if (isMissing) throw new UserError(`${raw} needs a value: ${raw}=${hintOf(name, arg)}`);
  if (arg.type === "enum" && !arg.options?.includes(value))
    throw new UserError(`${raw} is "${value}". ${nearOr(value, arg.options ?? [])}`);
}

function checkPositionals(args: ArgsDef, given: readonly string[], areAll: boolean): void {
  const known = Object.entries(args).filter(([, { type }]) => type === "positional");
  const missing = known.find(([, { required }], i) => required !== false && given[i] === undefined);
  if (missing) throw new UserError(`${hintOf(...missing)} is missing: ${missing[1].description}`);
  const surplus = given[known.length];
  if (areAll && surplus !== undefined && !known.some(([, arg]) => isRepeatable(arg)))
    throw new UserError(`There is no use for "${surplus}" here.`);
}

/** What stands for an argument's value in its usage. */
export function hintOf(name: string, arg: ArgDef): string {
  if (arg.type === "enum") return (arg.options ?? []).join("|");
  return "valueHint" in arg && arg.valueHint ? arg.valueHint : name.toUpperCase();
}

function isOption(arg: ArgDef | undefined): boolean {
  return arg !== undefined && arg.type !== "positional";
}

/** The one that was most likely meant, and all that there are. */
export function nearOr(given: string, known: readonly string[]): string {
  const meant = nearest(
    given,
    known.map((one) => one.replace(/^--/, "")),
  );
  const all =
    known.length === 0
      ? "There are none."
      : `There ${known.length === 1 ? "is" : "are"}: ${known.join(", ")}.`;
  return meant === undefined
    ? all
    : `Did you mean ${known.find((one) => one.replace(/^--/, "") === meant)}? ${all}`;
}

function isRepeatable(arg: ArgDef | undefined): boolean {
  return arg !== undefined && "valueHint" in arg && arg.valueHint?.endsWith(REPEATED) === true;
}
