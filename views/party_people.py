"""Applicants, inventors and contacts (申请人、发明人、联系人, A-3.1.2 to A-3.1.4)."""

from typing import Any

from flask import jsonify, request
from flask_appbuilder import expose

from app.console import Console, Panel, Related, Section, Tab
from app.console.guard import page, sent
from app.console.render import respond
from app.rules.choice import N_
from app.rules.validity import Validity
from app.services import party_power
from app.texts import gettext as _
from models.party import Applicant, Contact, Inventor
from views.party_batch import ManyPages
from views.party_forms import PartyForms
from views.party_import import APPLICANT, APPLICANTS, CONTACT, INVENTOR, REACHED
from views.party_merge import MERGE, MergePages
from views.party_requirement import ApplicantRequirementView


class ApplicantView(MergePages, PartyForms, Console, model=Applicant):
    title = N_("Applicants")
    icon = "users-round"
    list_columns = ["client", "name", "short_name", "applicant_type", "certificate_no", "country", "address",
                    "fee_reduction_filed", "valid"]  # fmt: skip
    query_columns = ["name", "short_name", "valid", "client", "applicant_type", "certificate_no", "fee_reduction_filed"]
    opens = "form"
    after_add, after_edit = "form", "list"
    basics_first = True
    copies = ("applicant", "client", "inventor", "contact")
    buttons = [MERGE]
    specials = {"merge": N_("Merge")}
    help = N_("Applicants are chosen here when a case is opened; one belongs to a client.")
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Applicant"), "client", "name", "short_name", "name_en", "applicant_type", "certificate_type",
                    "certificate_no", "fee_reduction_filed"),
            Section(N_("Address and ways of contact"), "country", "province", "city", "address", "address_en",
                    "postcode", "phone", "fax", "email"),
            Section(N_("Remark"), "remark"),
        ),
        Tab(N_("General power numbers"), Panel("powers")),
        Tab(N_("Applicant requirements"), Panel("requirements")),
    ]  # fmt: skip
    related = [Related("CaseApplicant", "applicant")]
    pick_columns = ["short_name", "certificate_no"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["name", "short_name", "certificate_no"]
    import_key = ("name",)
    synonyms, imports = APPLICANT, APPLICANTS

    def panel_requirements(self, applicant: Applicant) -> Any:
        """〈申请人要求〉."""
        return ApplicantRequirementView.instance().panel_of(applicant)

    def panel_powers(self, applicant: Applicant) -> Any:
        """〈申请人总委编号〉: each number with its file (A-3.1.1.2.3-09)."""
        found = party_power.of(self.session, applicant)
        return respond("party/_powers.html", page={
            "powers": found, "url": f"{self.base_url()}{applicant.id}/powers" if self.can("edit") else "",
        })  # fmt: skip

    @expose("/<int:record_id>/powers", methods=["POST"])
    @page("edit")
    def save_power(self, record_id: int) -> Any:
        """Add a general power, or change the one that is named: number, remark, and a file if one was chosen."""
        applicant = self.find(record_id)
        form, file = request.form, request.files.get("file")
        upload = (file.filename, file.stream) if file is not None and file.filename else None
        before, after = party_power.save(
            self.session, applicant.id, form.get("id", type=int), form.get("number", ""), form.get("remark", ""), upload
        )
        return jsonify({"ok": True, "message": _("Saved"), "owner": [before, after]})

    @expose("/<int:record_id>/powers/delete", methods=["POST"])
    @page("edit")
    def drop_powers(self, record_id: int) -> Any:
        """Delete chosen general powers with their files."""
        applicant, ids = self.find(record_id), self.chosen_ids(sent())
        before, after = party_power.delete(self.session, applicant.id, ids)
        message = _("%(count)s deleted") % {"count": len(ids)}
        return jsonify({"ok": True, "message": message, "owner": [before, after]})


class InventorView(ManyPages, MergePages, PartyForms, Console, model=Inventor):
    title = N_("Inventors")
    icon = "lightbulb"
    list_columns = ["client", "name", "name_en", "country", "id_no", "name_withheld", "phone", "email", "valid"]
    query_columns = ["client", "name", "valid", "id_no", "country"]
    opens = "form"
    after_add = after_edit = "list"
    copies = ("client", "applicant", "inventor", "contact")
    buttons = [MERGE]
    specials = {"merge": N_("Merge")}
    help = N_("Inventors are kept once and chosen again in each case of the client.")
    form = [
        Section(N_("Inventor"), "client", "name", "name_en", "country", "id_no", "name_withheld"),
        Section(N_("Address and ways of contact"), "phone", "fax", "email", "address", "remark"),
    ]
    related = [Related("CaseInventor", "inventor")]
    pick_columns = ["id_no"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["name"]
    import_key = ("name", "client")
    synonyms, imports = INVENTOR, REACHED

    def list_buttons(self) -> list[dict[str, Any]]:
        """【批量新增】 first, as the manual has it (A-3.1.3-03)."""
        made = super().list_buttons()
        if self.can("add"):
            url = f"{self.base_url()}batch"
            made.insert(0, self.button("batch", _("Bulk add"), icon="users", needs="none", link=True, url=url))
        return made


class ContactView(PartyForms, Console, model=Contact):
    title = N_("Contacts")
    icon = "phone"
    list_columns = ["client", "name", "form_of_address", "department_title", "phone", "mobile", "email", "is_default",
                    "valid"]  # fmt: skip
    query_columns = ["client", "name", "valid", "phone", "mobile", "email"]
    opens = "form"
    after_add = after_edit = "list"
    copies = ("client", "applicant", "inventor", "contact")
    help = N_("Those at a client to write to or to call; one of them may be the default contact.")
    form = [
        Section(N_("Contact"), "client", "name", "form_of_address", "department_title", "is_default"),
        Section(N_("Address and ways of contact"), "phone", "mobile", "fax", "email", "address", "postcode", "remark"),
    ]
    pick_columns = ["department_title", "mobile"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["name", "phone", "mobile", "email"]
    import_key = ("name", "client")
    synonyms, imports = CONTACT, REACHED


#: What the contact data of a client hold, in the order of the manual's buttons.
PEOPLE: tuple[type[Console], ...] = (ContactView, ApplicantView, InventorView)
