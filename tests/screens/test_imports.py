"""The import's pages: upload, columns, what would happen, progress, undo."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from tests.screens.conftest import Browser
from unisono.kernel import jobs
from unisono.rooms.content.models import Post
from unisono.rooms.imports.models import ImportRun

PLAN = (
    "Titre;Texte;Date de publication;Heure;Canal;Fuseau\n"
    "Ouverture;Nous ouvrons nos portes à Lyon.;11/03/2031;08:50;Lumen Agora;\n"
    "Verre;Le verre soufflé.;14/03/2031;12:00;Lumen Agora;Europe/Lyon\n"
    "Lampe;Une lampe.;32/03/2031;12:00;Lumen Agora;\n"
)


def upload(browser: Browser, text: str = PLAN, name: str = "plan.csv") -> ImportRun:
    answer = browser.post("/import/", {"file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content
    return ImportRun.objects.get()


def test_a_plan_comes_in_and_goes_out_again(cast: Cast, editor: Browser) -> None:
    before = Post.objects.filter(removed_at=None).count()
    run = upload(editor)
    page = editor.get(f"/import/{run.pk}/").content.decode()
    assert "2 rows cannot be read" in page
    assert "Europe/Lyon" in page
    assert "32/03/2031" in page
    assert "Import 1 row" in page
    assert editor.post(f"/import/{run.pk}/confirmation/").status_code == 302
    jobs.run_pending()
    post = Post.objects.get(title="Ouverture")
    assert post.variants.get().planned_wall == "2031-03-11T08:50"
    assert "1 post" in editor.get(f"/import/{run.pk}/").content.decode()
    editor.post(f"/import/{run.pk}/undoing/")
    jobs.run_pending()
    assert Post.objects.filter(removed_at=None).count() == before


def test_columns_can_be_corrected(cast: Cast, editor: Browser) -> None:
    run = upload(editor)
    fields = ["text", "title", "date", "time", "channels", "zone"]
    answer = editor.post(
        f"/import/{run.pk}/mapping/", {"field": fields, "zone": "Europe/Paris", "department": ""}
    )
    assert answer.status_code in (302, 422)
    answer = editor.post(
        f"/import/{run.pk}/mapping/",
        {
            "field": fields,
            "zone": "Europe/Paris",
            "department": str(cast.departments["Marketing"].pk),
        },
    )
    assert answer.status_code == 302
    run.refresh_from_db()
    assert run.mapping == fields


def test_bad_input_is_a_sentence(cast: Cast, editor: Browser) -> None:
    answer = editor.post("/import/", {})
    assert (answer.status_code, "Choose a file first." in answer.content.decode()) == (422, True)
    answer = editor.post("/import/", {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7")})
    assert answer.status_code == 422
    run = upload(editor)
    answer = editor.post(
        f"/import/{run.pk}/mapping/",
        {"field": run.mapping, "zone": "Europe/Lyon", "department": str(run.department_id)},
    )
    assert answer.status_code == 422
    assert "is not a time zone we know" in answer.content.decode()
