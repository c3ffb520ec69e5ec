"""List all limits of the suite: times, sizes and numbers of attempts.

``SubjectLimits`` apply to the subject.  A subject file overrides them by name (``limits:``).  ``SuiteLimits`` apply to
the suite and its surroundings.  They are the same for every subject.

Three kinds of numbers are not listed here: polling intervals (``poll_s``), buffer sizes, and the limits of programs
that must not import the harness.  ``system/sandbox.py`` has its own constant for the grace period of child processes.
``mover/tracer.py`` gets its grace period as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class SubjectLimits:
    """Limits for a subject.  The names are those of ``limits:`` in a subject file."""

    answer_s: float = 12.0
    """An operator: time until it creates a Job, reports why it creates none, or reports a result."""

    least_answer_s: float = 4.0
    """An operator that was silent before the first scenario gets a shorter ``answer_s``, but not less than this."""

    retry_s: float = 5.0
    """An operator that reported an error: time until it retries and creates a Job.

    A right subject of tests/tolerance needs 4 s: it retries after 1 s, and its Job appears 3 s later.
    """

    missing_source_retry_s: float = 1.0
    """The same as ``retry_s``, if the error says that a source does not exist.

    Many scenarios refer to a missing source, so a long wait is expensive.  The operator may report an error only
    because its cache is late, and a cache catches up fast.
    """

    replace_s: float = 1.0
    """An operator that retries failed syncs: time from a trigger until it replaces the Job of a retry."""

    pod_failure_s: float = 2.0
    """An operator: time until it reports that the Pod of its Job cannot start."""

    requested_identity_s: float = 2.0
    """An operator: time until the status of a destination shows the requested identity."""

    status_s: float = 2.0
    """An operator: time from its first report of a result until no part of the status contradicts it."""

    unasked_job_s: float = 2.0
    """An operator: time until it would create a Job after a change without a new trigger."""

    discovery_s: float = 10.0
    """An operator: time from the end of the mover until the status lists the identities; the document says 10 s."""

    gone_s: float = 15.0
    """An operator: time until a deleted object and its Jobs are gone."""

    operator_start_s: float = 2.0
    """An operator that ends within this time has failed to start."""

    operator_stop_s: float = 5.0
    """An operator: time from SIGTERM to SIGKILL at the end of a run."""

    operator_crashes: int = 10
    """Number of crashes of an operator after which the run stops."""

    mover_s: float = 300.0
    """A mover: time from its start to its end; on a cluster, of its Job. ``mover.timeout_s`` takes precedence."""

    mover_stop_s: float = 5.0
    """A mover that did not end in time: time from SIGTERM to SIGKILL."""

    mover_log_bytes: int = 8 << 20
    """Maximum size of one mover's log; a mover that writes more is killed."""

    namespace_gone_s: float = 60.0
    """A cluster: time until a namespace that an earlier run deleted is gone."""

    volume_pod_start_s: float = 180.0
    """A cluster: time until the helper Pod, which copies a volume, is running."""

    volume_copy_s: float = 120.0
    """A cluster: time to pack or unpack the content of one volume."""


@dataclass(frozen=True)
class SuiteLimits:
    """Limits for the suite and its surroundings."""

    kopia_s: float = 120.0
    """One call of kopia by the suite."""

    shell_loop_s: float = 600.0
    """The shell loop that repeats all calls of kopia for ``--overhead``."""

    build_s: float = 1800.0
    """The build of a Go module, or the installation of Go."""

    version_s: float = 30.0
    """A program that prints its version."""

    probe_s: float = 20.0
    """A program that examines this machine, such as its namespaces or the libraries of a binary."""

    connect_s: float = 5.0
    """A download: time until the server accepts the connection."""

    stall_s: float = 15.0
    """A download: time without new data."""

    download_s: float = 300.0
    """A download: total time."""

    store_start_s: float = 30.0
    """MinIO: time until it answers its health check."""

    killed_s: float = 10.0
    """A killed process: time until it is gone, and until its pipes are closed."""

    store_answer_s: float = 10.0
    """An S3 store: time until it answers a request."""

    health_s: float = 2.0
    """A server on this machine: time until it answers one health check."""

    ports: int = 5
    """Number of ports of 127.0.0.1 to try for a server; another program may take a port first."""

    api_start_s: float = 60.0
    """etcd and kube-apiserver: time until they are ready."""

    crds_s: float = 20.0
    """A Kubernetes API: time until it serves new CRDs."""

    kubectl_s: float = 120.0
    """One call of kubectl."""

    engine_s: int = 10
    """A container engine: time until it answers a request."""

    clean_s: float = 30.0
    """The clean-up at the end of a run."""

    remove_folder_s: float = 600.0
    """``rm -rf`` of the folder of a run."""

    remove_container_s: float = 20.0
    """A container engine: time until a container is removed."""

    sweep_s: float = 5.0
    """Killing the remaining processes of a run and removing the files that they still wrote."""

    watch_failed_s: float = 1.0
    """If a watch failed more than once within this time, changes may have been missed."""

    manifest_file_bytes: int = 16 << 20
    """`tox -e audit`: one file with manifests, or the standard input."""

    manifest_files: int = 20_000
    """`tox -e audit`: number of files in all folders of one cluster."""

    manifest_documents: int = 5_000
    """`tox -e audit`: number of documents in one file."""

    list_s: float = 1800.0
    """`tox -e audit`: kopia lists all snapshots of a repository of the user."""

    snapshot_list_bytes: int = 512 << 20
    """`tox -e audit`: a saved list of snapshots; 100,000 snapshots are about 120 MB."""

    manifest_nodes: int = 2_000_000
    """`tox -e audit`: number of values in one file, with each alias counted as what it stands for."""

    manifest_depth: int = 100
    """`tox -e audit`: nesting of values in one file."""

    free_bytes: int = 32 << 20
    """Free disk space that a scenario needs before it starts."""


SUITE = SuiteLimits()
COUNTS = frozenset(one.name for one in fields(SubjectLimits) if one.type == "int")
"""The limits for subjects that are whole numbers."""
DEFAULT_LIMITS = SubjectLimits()
"""The limits of a subject whose file sets none."""
