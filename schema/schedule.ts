import { z } from "zod";

/** A field of a schedule: its numbers, from the first to the last, and names for those from the first on. */
interface Field {
  readonly first: number;
  readonly last: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Minute, hour, day of the month, month, day of the week: 7 is no Sunday here. */
const FIELDS: readonly Field[] = [
  { first: 0, last: 59 },
  { first: 0, last: 23 },
  { first: 1, last: 31 },
  { first: 1, last: 12, names: MONTHS },
  { first: 0, last: 6, names: DAYS },
];

const WORDS = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** What Go's `strings.Fields` splits at, which is not quite what JavaScript's `\s` is. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** What Go's `strconv.Atoi` takes that is not negative, as long as 64 bits hold it. */
const NUMBER = /^\+?\d+$/;
const TOO_LARGE = 2 ** 63;

/** A length of time as Go writes it, and the nanoseconds of its units. */
const LENGTH = /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * When a CronJob runs. Kubernetes reads it with github.com/robfig/cron/v3, which no parser of JavaScript agrees with:
 * this takes what that takes, and a time zone within the schedule no more than the API server does.
 */
export const schedule = z.stringFormat("schedule", isSchedule).meta({
  allowed:
    "five cron fields (minute, hour, day of the month, month, day of the week 0-6), ranges not backwards; or @daily and its like",
  example: "0 2 * * 0",
});

function isSchedule(text: string): boolean {
  if (text.startsWith("@")) return WORDS.includes(text) || isEvery(text);
  const fields = text.split(SPACE).filter((field) => field !== "");
  return fields.length === FIELDS.length && FIELDS.every((field, i) => isField(fields[i] ?? "", field));
}

function isEvery(text: string): boolean {
  const [, length = ""] = /^@every (.*)$/s.exec(text) ?? [];
  if (!LENGTH.test(length)) return false;
  const parts = length.matchAll(/([\d.]+)([^\d.]+)/g);
  const total = [...parts].reduce(
    (sum, [, amount, unit = ""]) => sum + Number(amount) * (NANOSECONDS[unit] ?? 0),
    0,
  );
  return total < TOO_LARGE;
}

function isField(text: string, field: Field): boolean {
  return text.split(",").every((item) => item === "" || isItem(item, field));
}

/** A number, a range, or everything, with a step or without. What follows `*-` is not looked at. */
function isItem(text: string, { first, last, names = [] }: Field): boolean {
  const [range = "", step, ...moreSteps] = text.split("/");
  const [from = "", to, ...moreEnds] = range.split("-");
  if (moreSteps.length > 0 || !(step === undefined || numberOf(step) > 0)) return false;
  if (from === "*" || from === "?") return true;
  const value = (word: string) => {
    const name = names.indexOf(word.toLowerCase());
    return name < 0 ? numberOf(word) : first + name;
  };
  const begin = value(from);
  const end = to === undefined ? begin : value(to);
  return moreEnds.length === 0 && first <= begin && begin <= end && end <= last;
}

/** A number, or NaN, with which no comparison holds. */
function numberOf(text: string): number {
  return NUMBER.test(text) && Number(text) < TOO_LARGE ? Number(text) : Number.NaN;
}
