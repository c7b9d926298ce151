import { describe, expect, it } from "vitest";
import { check } from "../../settings/check.ts";
import { gitBranch, objectPrefix, repositoryUrl, schedule, sqlName } from "../../settings/values.ts";

describe("a schedule", () => {
  it.each([
    "0 2 * * 0",
    "*/15 * * * *",
    "30 1 1,15 JAN-MAR MON-FRI",
    "5-35/10 0 31 12 6",
  ])("may be %s", (text) => expect(check(schedule, text).violations).toEqual([]));
  it.each([
    "@daily",
    "60 * * * *",
    "0 24 * * *",
    "0 2 0 * *",
    "0 2 * 13 *",
    "0 2 * * 7",
    "0 2 * *",
    "0  2 * * *",
  ])("may not be %s", (text) => expect(check(schedule, text).violations).toHaveLength(1));
});

describe("the address of a cached repository", () => {
  it.each([
    "https://github.com/systemd/systemd",
    "https://git.kernel.org:8443/pub/scm/linux.git",
    "https://src.fedoraproject.org/rpms/c++-x",
  ])("may be %s", (text) => expect(check(repositoryUrl, text).violations).toEqual([]));
  it.each([
    "git@github.com:systemd/systemd",
    "http://github.com/systemd/systemd",
    "https://token@github.com/systemd/systemd",
    "https://github.com",
    "https://github.com/systemd/",
    "https://github.com/systemd/..",
    "https://github.com/systemd/.hidden",
  ])("may not be %s", (text) => expect(check(repositoryUrl, text).violations).toHaveLength(1));
});

describe("a branch", () => {
  it.each(["main", "os-build", "f42/next", "v1.2_x"])("may be %s", (text) =>
    expect(check(gitBranch, text).violations).toEqual([]));
  it.each(["-x", "a..b", "a//b", "a/", "a.lock", "a b", "a*", ".a", ""])("may not be %j", (text) =>
    expect(check(gitBranch, text).violations).toHaveLength(1));
});

describe("a name in PostgreSQL", () => {
  it.each(["packit", "_packit2", "p".repeat(63)])("may be %s", (text) =>
    expect(check(sqlName, text).violations).toEqual([]));
  it.each(["Packit", "packit-2", "2packit", "packit'; --", "p".repeat(64), ""])("may not be %j", (text) =>
    expect(check(sqlName, text).violations).toHaveLength(1));
});

describe("what names in S3 start with", () => {
  it.each(["database", "packit/stage.1/db_x"])("may be %s", (text) =>
    expect(check(objectPrefix, text).violations).toEqual([]));
  it.each(["/database", "database/", "data//base", "data base", ""])("may not be %j", (text) =>
    expect(check(objectPrefix, text).violations).toHaveLength(1));
});
