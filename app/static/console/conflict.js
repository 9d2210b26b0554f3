// The conflict dialog: take theirs where chosen, keep mine elsewhere, post again with the newer version.
import { $, $$, named } from "ui/dom";
import { abandon } from "ui/form";
import { showDialog } from "ui/overlay";
import { pick } from "ui/picker";

const dialog = $("#conflict");

function put(form, name, value, text) {
  const control = named(form, name);
  if (!control) return;
  const picker = control.closest(".picker");
  if (picker) pick(picker, value ? { id: value, text } : null);
  else if (control.type === "checkbox") control.checked = ["1", "true", "on"].includes(value);
  else control.value = value;
}

if (dialog) {
  const form = $("#form");
  $("[data-reload]", dialog).addEventListener("click", (event) => {
    event.preventDefault();
    abandon();
    location.assign(event.currentTarget.getAttribute("href") || location.pathname);
  });
  showDialog(dialog).then((answer) => {
    if (!answer) return;
    for (const row of $$("tr[data-name]", dialog)) {
      const choice = $("input:checked", row);
      if (choice?.value === "now") put(form, row.dataset.name, choice.dataset.value, choice.dataset.text);
    }
    form.elements.version.value = dialog.dataset.version;
    form.requestSubmit($("[data-save]", form));
  });
}
