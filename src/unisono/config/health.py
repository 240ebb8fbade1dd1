"""`/healthz`: this process is alive. `/readyz`: it can do its work."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from unisono.config import heartbeat

_fits = False


def alive(request: HttpRequest) -> HttpResponse:
    """Answers without touching anything else."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, schema and at least one worker are well; else 503 and what is not."""
    problems = _problems()
    status = {"status": "not ready" if problems else "ready", "problems": problems}
    answer = JsonResponse(status, status=503 if problems else 200)
    # Not being ready yet is an answer, not an error: Django would log a line for each question.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _problems() -> list[str]:
    try:
        if not _schema_fits():
            return ["The database's tables are older than the program. Run “unisono migrate”."]
        if not heartbeat.fresh(timezone.now()):
            return ["No worker has given a sign of life lately. Start “unisono worker”."]
    except DatabaseError:
        return ["The database does not answer."]
    return []


def _schema_fits() -> bool:
    """Looked up until it is so; the tables of a running program do not grow older."""
    global _fits
    _fits = _fits or not pending_migrations()
    return _fits


def pending_migrations() -> list[str]:
    """The names of migrations still to be applied, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
