"""Pages of the import wizard."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.config import Settings
from app.crm.imports import actions, presentation
from app.crm.imports.commands import commands
from app.crm.imports.containers import UnusableFile
from app.crm.imports.error_file import error_rows
from app.crm.imports.forms import Matching, matching_of, read_matching
from app.crm.imports.models import Import
from app.crm.imports.outcome import reason_title
from app.crm.imports.queries import MOVING, find_batch, latest_batches, same_file_before
from app.crm.imports.undo import UNDO_DAYS, can_undo
from app.l10n import money_label
from app.tenancy import new_id
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import Refused, given_uuid, is_fragment_request, or_missing, render, see_other

LONGEST_NAME = 200
SAMPLE_FILE = """\
order,date,customer,customer_name,customer_email,product,product_name,quantity,unit_price
1001,2025-03-14,C-17,Iris Calloway,iris@example.com,TEA-1,Green tea,2,4.50
1001,2025-03-14,C-17,Iris Calloway,iris@example.com,CUP-3,Blue cup,1,12.00
1002,2025-03-15,C-42,Edda Marsh,edda@example.com,TEA-1,Green tea,1,4.50
1003,2025-03-20,C-17,Iris Calloway,iris@example.com,CUP-3,Blue cup,-1,12.00
"""

blueprint = Blueprint("imports", __name__, url_prefix="/<slug:tenant_slug>/imports")


def register(app: Flask) -> None:
    """Bind the pages and the command to the app."""
    app.register_blueprint(blueprint)
    app.cli.add_command(commands)


def _found(import_id: UUID) -> Import:
    return or_missing(find_batch(import_id))


@blueprint.get("")
@requires(Permission.IMPORTS_RUN)
def page() -> Response:
    """The batches, newest first."""
    return render(
        "crm/imports/page.html",
        "batches",
        batches=latest_batches(),
        state_names=presentation.STATE_NAMES,
        can_undo=can_undo,
        moving=MOVING,
    )


@blueprint.get("/new")
@requires(Permission.IMPORTS_RUN)
def new() -> Response:
    """The first step: choose a file."""
    return _upload_page("")


def _upload_page(error: str, status: int = 200) -> Response:
    settings: Settings = current_app.extensions["settings"]
    return render(
        "crm/imports/new.html",
        status=status,
        steps=presentation.steps(None),
        error=error,
        batch_id=new_id(),
        megabytes=settings.upload_megabytes,
        undo_days=UNDO_DAYS,
    )


@blueprint.post("/new")
@requires(Permission.IMPORTS_RUN)
def create() -> Response:
    """Take the file in; a file that cannot be read is refused with the reason."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _upload_page(_("Choose a file first."), 422)
    name = _tidy_name(upload.filename)
    batch_id = given_uuid(request.form.get("id")) or new_id()
    try:
        batch = actions.receive(batch_id, cast("BinaryIO", upload.stream), name, _viewer_id())
    except UnusableFile as error:
        return _upload_page(error.sentence, 422)
    return see_other(url_for("imports.show", import_id=batch.id))


def _viewer_id() -> UUID:
    viewer: Any = current_user
    return UUID(str(viewer.account_id))


def _tidy_name(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in base if letter.isprintable())[:LONGEST_NAME] or "file"


@blueprint.get("/sample.csv")
@requires(Permission.IMPORTS_RUN)
def sample() -> Response:
    """A small file in the form that needs no matching."""
    return _attachment("\ufeff" + SAMPLE_FILE, "orders-sample.csv")


def _attachment(body: Any, name: str) -> Response:
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/<uuid:import_id>")
@requires(Permission.IMPORTS_RUN)
def show(import_id: UUID) -> Response:
    """The step that the batch is in."""
    batch = _found(import_id)
    fragment = "forecast" if _is_matching(batch) else "step"
    return _show(batch, matching_of(batch), fragment)


def _is_matching(batch: Import) -> bool:
    return batch.state in ("uploaded", "checking", "checked")


def _show(batch: Import, matching: Matching, fragment: str | None, status: int = 200) -> Response:
    return render(
        "crm/imports/match.html" if _is_matching(batch) else "crm/imports/run.html",
        fragment,
        status,
        batch=batch,
        matching=matching,
        columns=presentation.column_rows(batch, matching),
        field_options=presentation.field_options(),
        steps=presentation.steps(batch),
        share=presentation.done_share(batch),
        encoding_options=presentation.encoding_options(),
        sheet_options=[(name, name) for name in batch.options.get("sheets", [])],
        outcome_facts=presentation.outcome_facts(batch.counts or batch.preview),
        money_unit=money_label(),
        same_file=same_file_before(batch) if _is_matching(batch) else None,
        reason_title=reason_title,
        can_undo=can_undo(batch),
        undo_days=UNDO_DAYS,
        kept_days=actions.KEPT_DAYS,
        is_moving=batch.state in MOVING,
        is_polled=is_fragment_request(),
        report_links=_report_links(),
    )


def _report_links() -> list[tuple[str, str]]:
    links = ((_("Retention"), "retention.page"), (_("Segments"), "segments.page"),
             (_("Customer value"), "clv.page"))  # fmt: skip
    return [(name, url_for(end)) for name, end in links if end in current_app.view_functions]


@blueprint.post("/<uuid:import_id>/match")
@requires(Permission.IMPORTS_RUN)
def match(import_id: UUID) -> Response:
    """Keep the mapping; check the file if anything changed, else import it when asked to."""
    batch = _found(import_id)
    if not _is_matching(batch):
        return see_other(url_for("imports.show", import_id=batch.id))
    matching = read_matching(batch, request.form)
    try:
        if actions.read_anew(batch, matching.encoding, matching.sheet, matching.has_heading):
            return _checked_anew(batch)
    except UnusableFile as error:
        matching.errors.append(error.sentence)
    if matching.errors:
        return _show(batch, matching, None, 422)
    changed = actions.match(batch, matching.mapping(batch.columns), matching.options)
    if request.form.get("next") != "import" or changed or batch.state != "checked":
        if changed or batch.state != "checking":
            actions.have_checked(batch)
    else:
        actions.start(batch)
    return see_other(url_for("imports.show", import_id=batch.id))


def _checked_anew(batch: Import) -> Response:
    """The file was read another way: its columns may be others, so show them before anything."""
    batch.state, batch.preview, batch.rows = "uploaded", {}, None
    flash(_("The file was read again. Look at the columns, then check it."))
    return see_other(url_for("imports.show", import_id=batch.id))


@blueprint.post("/<uuid:import_id>/retry")
@requires(Permission.IMPORTS_RUN)
def retry(import_id: UUID) -> Response:
    """Run a batch that stopped once more."""
    return _then(import_id, actions.start)


@blueprint.post("/<uuid:import_id>/undo")
@requires(Permission.IMPORTS_RUN)
def undo(import_id: UUID) -> Response:
    """Take the whole batch back."""
    return _then(import_id, actions.start_undo)


def _then(import_id: UUID, action: Any) -> Response:
    batch = _found(import_id)
    try:
        action(batch)
    except Refused as refusal:
        batch.error = refusal.sentence
        return _show(batch, matching_of(batch), None, 422)
    return see_other(url_for("imports.show", import_id=batch.id))


@blueprint.post("/<uuid:import_id>/discard")
@requires(Permission.IMPORTS_RUN)
def discard(import_id: UUID) -> Response:
    """Forget an upload from which nothing came in."""
    batch = _found(import_id)
    try:
        actions.discard(batch)
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return see_other(url_for("imports.show", import_id=import_id))
    flash(_("The upload is gone. Nothing of it came in."))
    return see_other(url_for("imports.page"))


@blueprint.get("/<uuid:import_id>/errors.csv")
@requires(Permission.IMPORTS_RUN)
def errors(import_id: UUID) -> Response:
    """The rows that did not come in, with the reason for each."""
    batch = _found(import_id)
    return _attachment(error_rows(batch), f"not-imported-{batch.created_at:%Y-%m-%d}.csv")
