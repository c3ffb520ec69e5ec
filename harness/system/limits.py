"""The one table of limits: how long, how much and how often the suite waits for, reads and repeats anything.

Two groups. ``SubjectLimits`` concern the subject under test; a subject file overrides them by name (``limits:``).
``SuiteLimits`` concern the suite and its surroundings; they are the same for every subject.

Not here: how often a loop looks (``poll_s``), the size of a buffer, and the limits of programs that must not
import the harness. ``system/sandbox.py`` keeps its grace for children, since each mover waits for its start and a
further argument would have to be known to what it protects; ``mover/tracer.py`` gets its grace as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SubjectLimits:
    """What a subject may take. The names are those of ``limits:`` in a subject file."""

    answer_s: float = 12.0
    """An operator: until it makes a Job, says why it makes none, or takes note of a result."""

    least_answer_s: float = 4.0
    """An operator that was silent before the first scenario: what is left of ``answer_s`` is never less."""

    retry_s: float = 5.0
    """An operator that named an error: until it tries again and makes a Job after all.

    A right subject of tests/tolerance takes 4 s: it tries again after 1 s, and its Job takes 3 s to appear.
    """

    missing_source_retry_s: float = 1.0
    """The same for a source that is not there: many scenarios ask for one, and a cache that lags is soon filled."""

    pod_failure_s: float = 2.0
    """An operator: until it says that the Pod of its Job cannot start."""

    requested_identity_s: float = 2.0
    """An operator: until the status of a destination shows the identity that its Job asks for."""

    discovery_s: float = 10.0
    """An operator: until the status lists what a discovery found, from the end of the mover; 10 s is documented."""

    gone_s: float = 15.0
    """An operator: until a deleted object and its Jobs are gone."""

    operator_start_s: float = 2.0
    """An operator that ends within this time did not start."""

    operator_stop_s: float = 5.0
    """An operator: from SIGTERM to SIGKILL at the end of a run."""

    operator_crashes: int = 10
    """Crashes of an operator after which a run is given up."""

    mover_s: float = 300.0
    """A mover: from its start to its end; on a cluster, a Job. ``mover.timeout_s`` takes precedence."""

    mover_stop_s: float = 5.0
    """A mover that did not end in time: from SIGTERM to SIGKILL."""

    mover_log_bytes: int = 8 << 20
    """The log of one mover; one that writes more is killed."""

    namespace_gone_s: float = 60.0
    """A cluster: until a namespace of the run before, which is being deleted, is gone."""

    volume_pod_start_s: float = 180.0
    """A cluster: until the Pod runs that looks into a volume."""

    volume_copy_s: float = 120.0
    """A cluster: until the content of one volume is packed or unpacked."""


@dataclass(frozen=True)
class SuiteLimits:
    """What the suite and its surroundings may take."""

    kopia_s: float = 120.0
    """One call of kopia by the suite itself."""

    shell_loop_s: float = 600.0
    """The shell loop that repeats all calls of kopia for ``--overhead``."""

    build_s: float = 1800.0
    """Building a Go module, or installing Go."""

    version_s: float = 30.0
    """A program that prints its version."""

    probe_s: float = 20.0
    """A program that looks at this machine: whether it has namespaces, which libraries a binary needs."""

    connect_s: float = 5.0
    """A download: until the server takes the connection."""

    stall_s: float = 15.0
    """A download: until more data comes."""

    download_s: float = 300.0
    """A download: as a whole."""

    store_start_s: float = 30.0
    """MinIO: until it answers its health check."""

    store_answer_s: float = 10.0
    """An S3 store: until it answers a request."""

    health_s: float = 2.0
    """A server on this machine: until it answers one health check."""

    ports: int = 5
    """Ports of 127.0.0.1 that are tried for a server, since another program may take one first."""

    api_start_s: float = 60.0
    """etcd and kube-apiserver: until they are ready."""

    crds_s: float = 20.0
    """A Kubernetes API: until it serves CRDs that were created."""

    kubectl_s: float = 120.0
    """One call of kubectl."""

    engine_s: int = 10
    """A container engine: until it answers a request."""

    clean_s: float = 30.0
    """The clean-up at the end of a run."""

    remove_folder_s: float = 600.0
    """``rm -rf`` of the folder of a run."""

    remove_container_s: float = 20.0
    """A container engine: until a container is removed."""

    sweep_s: float = 5.0
    """Killing the processes that a run left behind, and removing what they still wrote."""

    watch_failed_s: float = 1.0
    """A watch on the Kubernetes API that failed this recently has not told of everything."""

    free_bytes: int = 32 << 20
    """What a disk has to have free before a scenario begins."""


SUITE = SuiteLimits()
DEFAULT_LIMITS = SubjectLimits()
"""The limits of a subject whose file names none."""
