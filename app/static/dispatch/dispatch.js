// Dispatch: the paper list goes to the printer; what was not handed in asks for its reason.
import { $, $$, on } from "ui/dom";

on("click", "[data-print]", () => window.print());

/** The reason is asked for where nothing was handed in, or a document is not ticked; the rest where something was. */
function settle(filing) {
  const back = $("[data-outcome][value=back]", filing).checked;
  const missing = $$("[data-taken]", filing).some((box) => !box.checked);
  $("[data-received]", filing).hidden = back;
  $("[data-reason]", filing).hidden = !(back || missing);
}
on("change", "[data-handed]", (event, filing) => settle(filing));
for (const filing of $$("[data-handed]")) settle(filing);
