import { getSystemErrorMessage } from "node:util";

/** What the operating system said of a call that failed: of a file, a program or the network. */
export interface SystemError {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/** Codes that only a mistake of this program's own can lead to, as a closed descriptor that is used. */
const BUGS = ["EBADF", "EFAULT", "ENOTSOCK", "ESRCH", "ECHILD"];

/** An error of the operating system, wherever in `error` it stands; nothing if it is none. */
export function systemError(error: unknown): SystemError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  // Node's own errors about the system, as of `rm` and of a user without an account, keep what it said in `info`.
  const said = "info" in error ? error.info : error;
  if (typeof said !== "object" || said === null) return undefined;
  const { code, errno, syscall } = said as Partial<SystemError>;
  if (typeof code !== "string" || typeof errno !== "number" || typeof syscall !== "string") return undefined;
  return BUGS.includes(code) ? undefined : { ...(said as SystemError), errno: -Math.abs(errno) };
}

/** One line: what could not be done with what, why, and what to check. */
export function describeSystemError(error: SystemError): string {
  const reason = REASONS[error.code] ?? getSystemErrorMessage(error.errno) ?? "the system refuses it";
  return `${subject(error)} cannot be ${participle(error)}: ${reason} (${error.code}). ${remedy(error)}`;
}

/** Where the system's own words would mislead. */
const REASONS: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is a file, not a folder",
  EXDEV: "the two are on different file systems",
};

function subject({ syscall, path, dest, address, port, hostname }: SystemError): string {
  const [call, program] = syscall.split(" ");
  if (call?.startsWith("spawn")) return `\`${program ?? path ?? ""}\``;
  if (path !== undefined && dest !== undefined) return `${quoted(path)} to ${quoted(dest)}`;
  if (path !== undefined) return quoted(path);
  if (hostname !== undefined) return `The host ${hostname}`;
  if (address !== undefined) return port === undefined ? address : `${address}:${port}`;
  return NAMELESS[call ?? ""] ?? "A file";
}

/** What a call is about that names nothing. */
const NAMELESS: Readonly<Record<string, string>> = {
  connect: "A server",
  getaddrinfo: "A host",
  uv_os_homedir: "The home folder of this user",
  uv_os_get_passwd: "The account of this user",
};

function participle({ syscall }: SystemError): string {
  const call = (syscall.split(" ")[0] ?? "").replace(/^[fl](?=stat|chmod|chown|sync|truncate)|Sync$/, "");
  return PARTICIPLES[call] ?? `used (${call})`;
}

const PARTICIPLES: Readonly<Record<string, string>> = {
  open: "opened",
  read: "read",
  write: "written",
  mkdir: "made",
  mkdtemp: "made",
  scandir: "listed",
  opendir: "listed",
  rename: "renamed",
  unlink: "removed",
  rm: "removed",
  rmdir: "removed",
  copyfile: "copied",
  cp: "copied",
  symlink: "linked",
  link: "linked",
  readlink: "read",
  realpath: "followed",
  stat: "looked at",
  access: "looked at",
  chmod: "given its mode",
  chown: "given its owner",
  utime: "given its time",
  sync: "written",
  truncate: "written",
  watch: "watched",
  spawn: "started",
  kill: "ended",
  connect: "reached",
  getaddrinfo: "found",
  listen: "listened on",
  bind: "listened on",
  uv_os_homedir: "found",
  uv_os_get_passwd: "found",
};

/** What to check, by code; first those of a program that cannot be started. */
function remedy({ code, syscall, path = "" }: SystemError): string {
  if (syscall.startsWith("spawn")) {
    if (code === "ENOENT") return "Check that it is installed, and on PATH.";
    if (code === "EAGAIN" || code === "ENOMEM")
      return "Check how many processes run, and how much memory is free.";
  }
  if (syscall.startsWith("uv_os_")) return "Check that this user has an account, and set HOME.";
  const known = Object.entries(REMEDIES).find(([, codes]) => codes.includes(code))?.[0];
  // A home that cannot be written to, or is full, is no reason to go without the binaries that are kept in it.
  const elsewhere = path.includes("/.cache") ? " XDG_CACHE_HOME names another place for ~/.cache." : "";
  return `${known ?? "Check it, and whether this user may do that."}${elsewhere}`;
}

const REMEDIES: Readonly<Record<string, readonly string[]>> = {
  "Check the path, and that each folder on the way is there.": ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"],
  "Check whose it is and who may read and write it, or name another one.": ["EACCES", "EPERM", "EROFS"],
  "Make room on the disk, or name a place on another one.": ["ENOSPC", "EDQUOT", "EFBIG"],
  "Name a file.": ["EISDIR"],
  "Move away what is there, or name another place.": ["EEXIST", "ENOTEMPTY"],
  "Check which program uses it.": ["EBUSY", "ETXTBSY", "EADDRINUSE"],
  "Raise the limit of open files: ulimit -n 4096.": ["EMFILE", "ENFILE"],
  "Name a place on the same file system.": ["EXDEV"],
  "Check the disk.": ["EIO", "ENODEV", "ENXIO", "ESTALE"],
  "Check that it runs and that its address is right.": ["ECONNREFUSED", "EADDRNOTAVAIL"],
  "Check the network, the proxy and the name.": [
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENETDOWN",
    "ETIMEDOUT",
    "ECONNRESET",
    "ECONNABORTED",
    "EPIPE",
  ],
};

/** A path on one line, whatever is in it. */
function quoted(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path may hold these.
  return /[\x00-\x1f\x7f]/.test(path) ? JSON.stringify(path) : path;
}
