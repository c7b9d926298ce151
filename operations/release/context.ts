import type { Chat } from "../../chat/chat.ts";
import type { ReleaseSettings, RepositorySettings } from "../../components/release/settings.ts";
import type { Copr } from "../../copr/copr.ts";
import type { History } from "../../github/history.ts";
import type { Publication } from "../../github/publication.ts";
import type { Mastodon } from "../../mastodon/mastodon.ts";
import type { Quay } from "../../registry/quay.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Clone } from "./clone.ts";
import type { Effects } from "./effects.ts";
import type { Environment } from "./environment.ts";
import type { ImageImport } from "./image-import.ts";
import type { Journal } from "./journal.ts";
import type { Notice } from "./notices.ts";
import type { Pace } from "./pace.ts";
import type { Production } from "./production.ts";
import type { Questions } from "./questions.ts";

/** Whom a release asks, and where it does things. */
export interface Services {
  readonly clone: (repository: Pick<RepositorySettings, "name" | "remote">) => Clone;
  readonly history: (repository: RepositorySettings) => History;
  readonly copr: Copr;
  /** The tags of Packit's own images. */
  readonly registry: Quay;
  /** What images there are under a digest. */
  readonly images: Pick<Registry, "present">;
  /** The chats for which there is a token, and the names of those for which there is none. */
  readonly chats: readonly Chat[];
  readonly chatsByHand: readonly string[];
  /** Nothing where there is no token. */
  readonly mastodon?: Mastodon | undefined;
  readonly blog: Publication;
  readonly stage: () => Promise<Environment>;
  readonly prod: () => Promise<Environment>;
  readonly imports: () => Promise<ImageImport>;
  readonly production: () => Promise<Production>;
  /** All digests that pods of any stack run, or that any stack's file names. */
  readonly used: () => Promise<string[]>;
  /** What prod is made of in this checkout and is not committed. */
  readonly dirt: () => Promise<string[]>;
}

/** What was said on the command line of how it is to go. */
export interface Choices {
  /** The commits to move to, by the names of repositories. */
  readonly at: Readonly<Record<string, string>>;
  /** The steps to leave out. */
  readonly without: readonly string[];
}

/** All that a step works with. */
export interface ReleaseContext {
  /** As `2026-11-30`. */
  readonly name: string;
  readonly begun: Date;
  readonly settings: ReleaseSettings;
  readonly services: Services;
  readonly choices: Choices;
  readonly journal: Journal;
  readonly effects: Effects;
  readonly ask: Questions;
  readonly say: (line: string) => void;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Whether nothing is done outside. */
  readonly isDry: boolean;
  /** Where texts to review are kept. */
  readonly folder: string;
  /** When old tags were last removed, by former releases. @default - never */
  readonly lastCleaned?: Date | undefined;
  /** The digests that former releases have noted, which somebody may go back to. */
  readonly rollbackDigests: readonly string[];
  /** The notices that former releases have put before topics, the newest first. */
  readonly notices: readonly Notice[];
  /** The variables with tokens that were given. */
  readonly tokens: readonly string[];
  /** What to type for a verb of `release` that goes on with this one. */
  readonly command: (verb: string) => string;
}
