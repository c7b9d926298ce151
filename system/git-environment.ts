/**
 * Takes the variables away by which git tells a hook, or an alias, which repository it is at work in: what is done
 * elsewhere would change that one's index. To be spread into the environment of each git that is started.
 */
export const WITHOUT_CALLERS_REPOSITORY: Readonly<Record<string, undefined>> = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_PREFIX: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
  GIT_QUARANTINE_PATH: undefined,
  GIT_SHALLOW_FILE: undefined,
  GIT_GRAFT_FILE: undefined,
  GIT_NO_REPLACE_OBJECTS: undefined,
  GIT_REPLACE_REF_BASE: undefined,
  GIT_IMPLICIT_WORK_TREE: undefined,
  GIT_INTERNAL_SUPER_PREFIX: undefined,
};
