"""What our git commands are started with, so that a repository's configuration can't make them run something."""

import os

NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
# Housekeeping would run in the middle of a measurement.
QUIET = ("-c", "gc.auto=0", "-c", "maintenance.auto=false")
# What a person's configuration may switch on and an unattended command can't live with: signatures ask for a
# passphrase, recursion into submodules changes checkouts nobody named, a file-system monitor is a daemon.
CONFIGURED = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.quotePath=false"),
    *("-c", "core.pager=cat"),
    *("-c", "submodule.recurse=false"),
    *("-c", "commit.gpgSign=false"),
    *("-c", "log.showSignature=false"),
    *QUIET,
)
# `git rev-parse --local-env-vars` without the configuration ones: set inside a hook or `git rebase --exec`, they would
# send our commands to another repository.
LOCATORS = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_LITERAL_PATHSPECS",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
