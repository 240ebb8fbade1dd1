"""What each command of the command line does. Django is loaded only by those that need it."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unisono.rooms.people.actors import Actor


class Trouble(RuntimeError):
    """A command cannot do what was asked; the message is a sentence for a person."""


def told_plainly(action: Callable[[Namespace], int], options: Namespace) -> int:
    """Run an action; its expected failures become one sentence and exit code 1."""
    try:
        return action(options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 1


def _sentence(error: Exception) -> str | None:
    """The sentence of an error meant for people, or None for a defect of ours."""
    from unisono.config.environment import BadSetting
    from unisono.config.frontend import CannotBuild
    from unisono.config.lock import AlreadyRunning
    from unisono.config.postgres import CannotRun

    told: tuple[type[Exception], ...] = (
        Trouble,
        BadSetting,
        CannotBuild,
        AlreadyRunning,
        CannotRun,
    )
    if "django.db" in sys.modules:
        from django.db import OperationalError

        if isinstance(error, OperationalError):
            return f"The database does not answer: {error}\n“unisono doctor” looks for the cause."
    if "unisono.config.backups" in sys.modules:
        from unisono.config.backups import CannotBackUp

        told = (*told, CannotBackUp)
    if "unisono.rooms.orchestration.solver.reading" in sys.modules:
        from unisono.rooms.orchestration.solver.reading import Unreadable

        told = (*told, Unreadable)
    if "unisono.kernel.refusals" in sys.modules:
        from unisono.kernel.refusals import Refusal

        if isinstance(error, Refusal):
            return str(error.sentence)
    return str(error) if isinstance(error, told) else None


def up(options: Namespace) -> int:
    from unisono.config import environment
    from unisono.config import up as starting

    demo = environment.flag("UNISONO_DEMO")
    sandbox = options.sandbox or demo or environment.flag("UNISONO_SANDBOX")
    return starting.run(starting.Wanted(options.host, options.port, sandbox, demo))


def demo(options: Namespace) -> int:
    from unisono.config import up as starting

    if options.load:
        return _load_demo()
    return starting.run(starting.Wanted(options.host, options.port, sandbox=True, demo=True))


def web(options: Namespace) -> int:
    os.environ["UNISONO_PORT"] = str(options.port)
    _ready()
    from unisono.config import web as serving

    return serving.run(options.host, options.port)


def worker(options: Namespace) -> int:
    _ready_to_work()
    from unisono.config import worker as working

    return working.run(options.name)


def jobs(options: Namespace) -> int:
    _ready_to_work()
    from unisono.config import worker as working

    return working.run_jobs(options.name)


def _ready_to_work() -> None:
    # Of all processes only a worker and its jobs read the private key.
    os.environ["UNISONO_OPENS_SECRETS"] = "1"
    _go_direct()
    _ready()


def migrate(options: Namespace) -> int:
    _go_direct()
    with _database():
        from unisono.config import migrating

        migrating.migrate(say=_say, backup_first=not options.no_backup)
    return 0


def backup(options: Namespace) -> int:
    now = datetime.now(UTC)
    _go_direct()
    with _database():
        from unisono.config import backups

        target = Path(options.file) if options.file else backups.default_name(now)
        _say(f"Backed up to {backups.make(target, now=now)}.")
        _say("The file holds the keys as well: whoever has it has your accounts.")
    return 0


def restore(options: Namespace) -> int:
    from unisono.config import places
    from unisono.config.lock import FolderLock

    places.data().mkdir(parents=True, exist_ok=True)
    lock = FolderLock(places.data())
    if not lock.is_free():
        raise Trouble("Unisono is running. Stop it before restoring a backup.")
    lock.release()
    _go_direct()
    with _database():
        from unisono.config import backups, migrating

        now, source = datetime.now(UTC), Path(options.file)
        before = backups.restore(source, now=now)
        migrating.migrate(say=_say, backup_first=False)
        if before is not None:
            _say(f"What was there before is in {before}.")
        doubtful = backups.doubt_what_may_be_out(source, now=now)
        if doubtful:
            _say(f"{doubtful} posts fell due since that backup was made. They may be out already:")
            _say("Unisono looks on their networks first, and sends only what is proved missing.")
    _say("Restored. Start Unisono with “unisono up”.")
    return 0


def doctor(options: Namespace) -> int:
    from unisono.config import postgres
    from unisono.config.lock import AlreadyRunning
    from unisono.config.supervisor import database_at_hand

    os.environ["UNISONO_PORT"] = str(options.port)
    with ExitStack() as stack:
        # A database that cannot be started is a finding, not a reason to give up.
        with suppress(AlreadyRunning, postgres.CannotRun, OSError, LookupError):
            stack.enter_context(database_at_hand())
        _ready()
        from unisono.config import doctor as examining

        return examining.run(host=options.host, port=options.port, as_json=options.json)


def django(arguments: Sequence[str]) -> int:
    from unisono.config.setup import run_django
    from unisono.config.supervisor import database_at_hand

    with database_at_hand():
        return run_django(arguments)


def create_token(options: Namespace) -> int:
    with _member(options.email) as actor:
        from unisono.rooms.people import actions
        from unisono.rooms.people.capabilities import SCOPES

        _token, secret = actions.issue_token(
            name=options.name,
            scopes=options.scope or list(SCOPES),
            by=actor,
            now=datetime.now(UTC),
        )
        print(secret.reveal())
    _say("This is shown once. Send it as “Authorization: Bearer …”.")
    return 0


def load(options: Namespace) -> int:
    with _member(options.email) as actor:
        from unisono.rooms.imports import command
        from unisono.rooms.people import queries

        named = {d.name.lower(): d for d in queries.departments(actor)}
        department = named.get(options.department.lower())
        if options.department and department is None:
            raise Trouble(f"There is no department “{options.department}”.")
        return command.run(
            Path(options.file),
            dry_run=options.dry_run,
            department=department,
            by=actor,
            now=datetime.now(UTC),
            say=_say,
        )


def solve_plan(options: Namespace) -> int:
    from unisono.config import planning

    wanted = planning.Wanted(
        file=Path(options.file),
        out=Path(options.out) if options.out else None,
        seconds=options.seconds,
        work=options.work,
        seed=options.seed,
        prove=options.prove,
        explain=options.explain,
    )
    return planning.solve(wanted, say=_say)


def _load_demo() -> int:
    os.environ["UNISONO_DEMO"] = "1"
    os.environ["UNISONO_OPENS_SECRETS"] = "1"
    with _database():
        from django.conf import settings

        from unisono import demo

        demo.load(datetime.now(UTC), sandbox_port=settings.UNISONO_SANDBOX_PORT, say=_say)
    return 0


@contextmanager
def _database() -> Iterator[None]:
    """Django, with a database that answers."""
    from unisono.config.supervisor import database_at_hand

    with database_at_hand():
        _ready()
        yield


@contextmanager
def _member(email: str) -> Iterator[Actor]:
    """The actor of the member with this address, in the scope of their organization."""
    with _database():
        from unisono.kernel import tenancy
        from unisono.rooms.people import sessions
        from unisono.rooms.people.actors import actor_for
        from unisono.rooms.people.models import User

        user = User.objects.filter(email__iexact=email, is_active=True).first()
        member = sessions.membership(user) if user else None
        if member is None:
            raise Trouble(f"Nobody with the address {email} is a member here.")
        with tenancy.within(member.organization_id):
            yield actor_for(member)


def _ready() -> None:
    from unisono.config.setup import django_ready

    django_ready()


def _go_direct() -> None:
    """Listening, locks of a session and roles do not survive a transaction pooler: go around it."""
    os.environ["UNISONO_DIRECT"] = "1"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
