"""Referrers and foreign associates (案源人, 外方代理机构, A-3.1.5 to A-3.1.9)."""

from app.console import Console, Related, Section
from app.rules.choice import N_
from app.rules.validity import Validity
from models.party import ForeignAssociate, Referrer
from views.party_import import ASSOCIATE, REFERRER


class ReferrerView(Console, model=Referrer):
    title = N_("Referrers")
    icon = "handshake"
    list_columns = ["referrer_no", "name", "referrer_type", "user", "phone", "email", "commission_rate", "valid"]
    query_columns = ["referrer_no", "name", "valid", "referrer_type", "user"]
    opens = "form"
    after_add = after_edit = "list"
    help = N_("Those who bring clients and cases; keeping them is optional and serves performance and commission.")
    form = [
        Section(N_("Referrer"), "referrer_no", "name", "referrer_type", "user", "commission_rate"),
        Section(N_("Ways of contact"), "phone", "fax", "email", "remark"),
    ]
    related = [Related("Client", "referrer"), Related("Case", "referrer")]
    pick_columns = ["referrer_no"]
    pick_only = {"valid": Validity.VALID}
    search_columns = ["referrer_no", "name"]
    import_key = ("referrer_no",)
    synonyms = REFERRER


class ForeignAssociateView(Console, model=ForeignAssociate):
    title = N_("Foreign associates")
    icon = "landmark"
    list_columns = ["code", "name", "country", "contact_name", "phone", "email", "website"]
    query_columns = ["name", "country", "contact_name", "code"]
    opens = "form"
    after_add = after_edit = "list"
    help = N_("Firms abroad that file for our clients; a case filed abroad names one of them.")
    form = [
        Section(N_("Foreign associate"), "code", "name", "country", "address", "website"),
        Section(N_("Ways of contact"), "contact_name", "phone", "fax", "email", "remark"),
    ]
    related = [Related("Case", "foreign_associate")]
    pick_columns = ["code"]
    search_columns = ["code", "name"]
    import_key = ("code",)
    synonyms = ASSOCIATE
