// The date calculator as a dialog of any date field (<button data-calculator="field name">), and dialogs opened by a button.
import { $, el, failed, get, on, t, withParams } from "ui/dom";
import { makeDialog, showDialog } from "ui/overlay";

on("click", "[data-dialog]", (event, button) => showDialog($(`#${button.dataset.dialog}`)));

/** Put dates into the controls of a form: {name: "2026-12-04"}; the asking field takes the deadline. */
function fill(form, field, dates) {
  const wanted = { ...dates, [field]: dates[field] ?? dates.hard_deadline };
  for (const [name, day] of Object.entries(wanted)) {
    const control = form.elements.namedItem(name);
    if (!control || control.readOnly || (name !== field && control.value)) continue;
    control.value = day;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** data-calculator: the field to fill; data-ask: further parameters, such as {"rule": "DR-OA1"}. */
on("click", "[data-calculator]", async (event, button) => {
  event.preventDefault();
  try {
    const asked = { embed: 1, ...JSON.parse(button.dataset.ask ?? "{}") };
    const { text } = await get(withParams("/app/calculator/deadline", asked), { headers: { Accept: "text/html" } });
    const body = el("div.calc-dialog");
    body.innerHTML = text;
    const dialog = makeDialog({ title: button.title || button.getAttribute("aria-label") || t("Calendar"), wide: true, body: [body] });
    const frame = el("div.dlg");
    frame.append(...$("form", dialog).childNodes); // a form cannot stand in a form
    $("form", dialog).replaceWith(frame);
    window.htmx.process(body);
    dialog.addEventListener("click", (click) => {
      const use = click.target.closest("[data-calc-use]");
      if (!use) return;
      fill(button.form ?? button.closest("form"), button.dataset.calculator, JSON.parse(use.dataset.calcUse));
      dialog.close("");
    });
    showDialog(dialog);
  } catch (error) {
    failed(error);
  }
});
