// The step that is due: sent with what was typed; a refusal stands beside its field, else the page shows the new state.
import { $, failed, on, post } from "ui/dom";
import { sayError, values } from "ui/fields";

on("click", "[data-decide] [data-step]", async (event, button) => {
  const form = button.closest("[data-decide]");
  for (const line of form.querySelectorAll("[data-ask]")) sayError(line, "");
  button.classList.add("busy");
  try {
    await post(form.dataset.decide + button.dataset.step, { ids: [Number(form.dataset.id)], inputs: values(form) });
    location.reload();
  } catch (error) {
    button.classList.remove("busy");
    const told = error.body?.errors?.find((one) => one.field && $(`[data-ask="${CSS.escape(one.field)}"]`, form));
    if (!told) {
      failed(error);
      return;
    }
    const line = $(`[data-ask="${CSS.escape(told.field)}"]`, form);
    sayError($(".in", line), told.message);
    $("input, select, textarea", line).focus();
  }
});
