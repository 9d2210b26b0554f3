// Drafts: what is typed is kept on the server a few seconds later and on leaving; saved or discarded, it is gone.
import { $, $$, failed, on, post, t } from "ui/dom";
import { abandon, current, isDirty, isLeaving } from "ui/form";

const PAUSE = 3000;
const SKIPPED = new Set(["csrf_token", "version", "_save"]);
let timer = 0;
let kept = ""; // what the server holds of this form

const undecided = () => $("[data-undecided]");

function typed(form) {
  const blank = new Set($$("[data-blank] [name]", form).map((control) => control.name));
  return [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && !SKIPPED.has(name) && !blank.has(name),
  );
}

function tell(text) {
  const box = $("[data-draft-state]");
  if (box) box.textContent = text;
}

async function keep(options = {}) {
  clearTimeout(timer);
  const form = current();
  if (!form?.dataset.draft || isLeaving() || undecided()) return;
  if (!isDirty()) {
    if (kept) discard(form).catch(() => {});
    return;
  }
  const version = Number(form.elements.version?.value) || null;
  const body = { values: typed(form), version };
  const text = JSON.stringify(body);
  if (text === kept) return;
  try {
    const { at } = await post(form.dataset.draft, body, options);
    kept = text;
    tell(t("Draft kept at {time}", { time: at }));
  } catch (error) {
    tell(error.message);
  }
}

async function discard(form) {
  clearTimeout(timer);
  kept = "";
  tell("");
  await post(form.dataset.draft, { discard: true }, { keepalive: true });
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}

document.addEventListener("form:changed", later);
document.addEventListener("form:dropped", () => {
  const form = current();
  if (form?.dataset.draft && kept) discard(form).catch(() => {});
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep({ keepalive: true });
});
addEventListener("pagehide", () => keep({ keepalive: true }));

on("click", "[data-discard]", async (event, button) => {
  const bar = button.closest("[data-draft-bar]");
  try {
    await discard(current());
  } catch (error) {
    failed(error);
    return;
  }
  if (undecided()) {
    bar.remove();
    if (isDirty()) later();
    return;
  }
  abandon();
  const here = new URL(location.href);
  here.searchParams.delete("draft");
  location.assign(here);
});

const form = current();
if (form?.dataset.draft && $("[data-draft-bar]", form) && !undecided()) kept = "restored";
else if (form?.hasAttribute("data-dirty")) later();
