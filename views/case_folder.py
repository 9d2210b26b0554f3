"""The electronic case folder (电子案卷夹, A-3.2.2.4): one case on one page, for all who have to do with it."""

import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import request
from flask_appbuilder import expose

from app.console import Console, Section
from app.console.download import send_stored, sent_archive
from app.console.guard import actor, page
from app.console.render import respond
from app.rules.annuity import term_end
from app.rules.application_number import PatentType
from app.rules.case_life import life_line
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.task import urgency
from app.services import case_folder, files
from app.services.case_folder import KINDS
from app.services.today import today
from app.texts import gettext as _
from models.case import Case
from views.case import CaseView
from views.provenance import days_left, told, weekday

#: What a kind of event asks besides the folder itself: (permission, table).
NEEDS = {"task": ("read", "task"), "filing": ("read", "filing"), "fee": ("read", "fee_sheet")}
FACTS = ("app_no", "filing_date", "publication_no", "grant_no", "main_ipc", "locarno", "direction", "filing_method",
         "claims_count", "client_ref", "legal_status")  # fmt: skip
PEOPLE = ("handler", "first_attorney", "second_attorney", "drafter", "translator", "illustrator", "docketer",
          "opened_by", "referrer")  # fmt: skip
#: A package of all files holds so many bytes at most.
PACKAGE = 500 * 1024 * 1024


class CaseFolderView(Console, model=Case):
    """Its list shows who may read cases all of them, a referrer those he brought (A-3.2.2.4-03)."""

    key = "case_folder"
    title = N_("Electronic case folder")
    icon = "folder-open"
    read_only = True
    list_columns = ["our_ref", "title", "patent_type", "app_no", "filing_date", "client", "applicant_names", "handler",
                    "status", "legal_status"]  # fmt: skip
    query_columns = ["our_ref", "app_no", "title", "applicant_names", "patent_type", "status", "filing_date"]
    form = [Section(N_("Bibliographic data"), "our_ref", "title", "patent_type", "case_type", "client", "status",
                    *FACTS, *PEOPLE)]  # fmt: skip

    def open_to(self, who: Any, name: str) -> bool:
        """What is hidden of cases is hidden here too."""
        return super().open_to(who, name) and CaseView.instance().open_to(who, name)

    def base_condition(self) -> Any:
        """Whoever may not read cases sees those he brought, and no others."""
        return None if actor().may("read", "case") else case_folder.referred(actor())

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """The folder, or only its timeline where a part is asked for."""
        return respond("case_folder/folder.html", page=self.folder_context(self.find(record_id)))

    @expose("/<int:record_id>/file/<kind>/<int:file_id>")
    @page("read")
    def folder_file(self, record_id: int, kind: str, file_id: int) -> Any:
        """One file of the folder."""
        found, stored = case_folder.find_file(self.session, self.find(record_id), kind, file_id)
        show = bool(request.args.get("show"))
        return send_stored(files.store_of(self.session), stored, found.name, show=show)

    @expose("/<int:record_id>/package")
    @page("read")
    def package(self, record_id: int) -> Any:
        """All files of the folder as one archive (打包下载)."""
        case = self.find(record_id)
        listed = case_folder.files_of(self.session, case)
        stored = case_folder.stored_of(self.session, listed)
        if not listed:
            raise RuleError(N_("There is no file in this folder yet"), code="missing")
        if sum(stored[f.stored].size for f in listed) > PACKAGE:
            raise RuleError(N_("The files are too large for one package; download them one by one"))
        store, taken, packed = files.store_of(self.session), set(), files.clean_name(f"{self.name_of(case)}.zip")

        def write(target: Any) -> None:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in listed:
                    name = file.name if file.name not in taken else f"{file.kind}{file.id}-{file.name}"
                    taken.add(name)
                    with store.open(stored[file.stored].sha256) as source, archive.open(name, "w") as entry:
                        shutil.copyfileobj(source, entry)

        return sent_archive(write, packed)

    def folder_context(self, case: Case) -> dict[str, Any]:
        """All that the page shows."""
        me, base = actor(), f"{self.base_url()}{case.id}"

        def shows(name: str) -> bool:
            return self.open_to(me, name)

        kinds = [k for k in KINDS if k not in NEEDS or me.may(*NEEDS[k])]
        happened = case_folder.events(self.session, case, kinds=kinds, shows=shows)
        wanted = request.args.get("kind", "")
        shown = [e for e in happened if not wanted or e.kind == wanted]
        counts = {k: sum(e.kind == k for e in happened) for k in kinds}
        segments = [{"label": _("All"), "count": len(happened), "url": base, "active": not wanted}]
        segments += [
            {"label": _(KINDS[k][0]), "count": n, "url": f"{base}?kind={k}", "active": k == wanted}
            for k, n in counts.items()
            if n or k == wanted
        ]
        listed = case_folder.files_of(self.session, case)
        return {
            "title": self.name_of(case), "subtitle": case.title if shows("title") else "", "key": self.key,
            "back_url": self.base_url(), "url": base,
            "badges": [{"label": _(case.patent_type.label), "colour": "info"}] if case.patent_type else [],
            "states": [{"label": _(case.status.label), "colour": case.status.colour}],
            "edit_url": f"/app/case/{case.id}/edit" if me.may("edit", "case") else None,
            "task_url": f"/app/my_task/new?case={case.id}" if me.may("add", "task") else None,
            "package_url": f"{base}/package" if listed else None,
            "life": [{"label": _(m.label), "date": m.on, "state": m.state}
                     for m in life_line(points(case, shows), today())],
            "facts": self.facts(case, [self.columns()[n] for n in FACTS if shows(n) and value(case, n)]),
            "people": [
                {"label": _(self.columns()[n].label), "name": str(getattr(case, n))}
                for n in PEOPLE
                if shows(n) and getattr(case, n) is not None
            ],
            "parties": self.parties(case),
            "requirements": [r.content for r in case.requirements] if shows("requirements") else [],
            "segments": segments, "years": by_year(shown, base), "tasks": self.tasks(case) if "task" in kinds else None,
            "files": [{"name": f.name, "about": f.about, "on": f.on, "url": f"{base}/file/{f.kind}/{f.id}?show=1"}
                      for f in listed],
        }  # fmt: skip

    def parties(self, case: Case) -> dict[str, Any]:
        """Client, applicants and inventors by name."""
        may, shown = actor().may("read", "client"), self.open_to(actor(), "client")
        client = {"name": str(case.client), "url": f"/app/client/{case.client_id}" if may else ""}
        names = {n: getattr(case, f"{n}_names") or "" if self.open_to(actor(), f"{n}_names") else ""
                 for n in ("applicant", "inventor")}  # fmt: skip
        return {"client": client if case.client and shown else None, "applicants": names["applicant"],
                "inventors": names["inventor"]}  # fmt: skip

    def tasks(self, case: Case) -> dict[str, Any]:
        """What is still to be done, and the next hard deadline with where it comes from."""
        rows = case_folder.open_tasks(self.session, case)
        dated = next((t for t in rows if t.hard_deadline), None)
        return {"rows": [task_line(t) for t in rows], "next": task_line(dated) if dated else None}


def value(case: Case, name: str) -> bool:
    """Whether the case has anything there."""
    return getattr(case, name) not in (None, "")


#: The days of a case that are milestones, in their order; some of inventions only.
MILESTONES = {
    "opened_on": N_("Opened"), "filing_date": N_("Filed at the Office"), "publication_date": N_("Published"),
    "examination_date": N_("In examination"), "grant_date": N_("Granted"),
}  # fmt: skip
OF_INVENTIONS = ("publication_date", "examination_date")


def points(case: Case, shows: Callable[[str], bool]) -> list[tuple[str, date | None]]:
    """The milestones of a case in their order, of the days the reader may see."""
    found: list[tuple[str, date | None]] = [
        (label, getattr(case, name)) for name, label in MILESTONES.items()
        if shows(name) and (name not in OF_INVENTIONS or case.patent_type is PatentType.INVENTION)
    ]  # fmt: skip
    if case.filing_date and case.patent_type and shows("filing_date"):
        found.append((N_("Protected until"), term_end(case.patent_type, case.filing_date).value))
    return found


def task_line(task: Any) -> dict[str, Any]:
    """A task as the pane beside the timeline shows it."""
    pressing = urgency(today(), task.remind_on, task.internal_deadline, task.hard_deadline)
    hard = task.hard_deadline
    return {
        "name": task.name, "who": task.assignee.first_name, "url": f"/app/task/{task.id}", "flag": pressing.colour,
        "flag_label": _(pressing.label), "on": hard, "weekday": weekday(hard) if hard else "",
        "left": days_left(hard, today()) if hard else "", "internal": task.internal_deadline, "remind": task.remind_on,
        "why": told(task.basis["steps"]) if task.basis else None,
    }  # fmt: skip


def by_year(shown: list[case_folder.Event], base: str) -> list[dict[str, Any]]:
    """The events under their years."""
    years: dict[int, list[dict[str, Any]]] = {}
    for e in shown:
        label, icon = KINDS[e.kind]
        file = {"url": f"{base}/file/{e.file[0]}/{e.file[1]}?show=1", "name": e.file[2]} if e.file else None
        years.setdefault(e.on.year, []).append({
            "on": e.on, "kind": _(label), "icon": icon, "title": e.title if e.plain else _(e.title),
            "detail": _(e.detail) if e.detail and e.kind == "task" else e.detail, "who": e.who, "file": file,
            "url": e.url, "office": e.kind == "legal",
        })  # fmt: skip
    return [{"year": year, "events": events} for year, events in years.items()]
