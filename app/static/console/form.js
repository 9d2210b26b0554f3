// Form: unsaved changes, one submit, prefill, jump to the field in error.
import { $, $$, el, get, named, on, t, withParams } from "ui/dom";
import { confirmed } from "ui/overlay";
import { pick } from "ui/picker";
import { goTo } from "ui/tabs";
import { settle } from "ui/when";

let form = null;
let start = "";
let leaving = false;

/** The values as one text; file inputs count by name and size, the version is nothing anybody types. */
function snapshot() {
  return JSON.stringify(
    [...new FormData(form)].filter(([name]) => name !== "version").map(([name, value]) => [
      name,
      value instanceof File ? `${value.name}${value.size}` : value,
    ]),
  );
}
const dirty = () => !leaving && form !== null && (form.hasAttribute("data-dirty") || snapshot() !== start);
export const current = () => form;
export const isDirty = dirty;
export const isLeaving = () => leaving;
const announce = (what) => document.dispatchEvent(new Event(`form:${what}`));

/** Leave without asking: the changes are given up on purpose. */
export function abandon() {
  announce("dropped");
  leaving = true;
}

function state() {
  announce("changed");
  const box = $("[data-state]", form);
  if (!box || box.dataset.kept) return;
  const changed = dirty();
  box.dataset.before ??= box.textContent;
  box.classList.toggle("dirty", changed);
  box.textContent = changed ? t("Unsaved changes") : box.dataset.before;
}

/** Whether what was changed is saved, or may be dropped. */
export async function mayLeave() {
  if (!dirty()) return true;
  const may = await confirmed(
    t("Leave without saving?"),
    t("Leave, drop the changes"),
    t("What you changed on this page has not been saved."),
    { careful: true },
  );
  if (may) announce("dropped");
  return may;
}

async function leave(href) {
  if (!(await mayLeave())) return;
  leaving = true;
  location.assign(href);
}

/** Fill what is still empty with what belongs to the picked record, and say where it comes from. */
async function prefill(root) {
  const hidden = $("input[type=hidden]", root);
  if (!hidden?.value) return;
  const source = root.closest(".field")?.querySelector("label")?.textContent ?? "";
  const { values } = await get(withParams(root.dataset.prefill, { value: hidden.value }));
  for (const [name, given] of Object.entries(values ?? {})) {
    const control = named(form, name);
    if (!control || control.value || given.value === null || given.value === "") continue;
    const other = control.closest(".picker");
    if (other) pick(other, { id: given.value, text: given.display });
    else {
      control.value = given.value;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const box = control.closest(".in");
    if (box && !$(".hint", box)) box.append(el("p.hint.cap", {}, t("Taken from {source}", { source })));
  }
}

on(
  "blur",
  "[data-money]",
  (event, input) => {
    const number = Number(input.value.replaceAll(",", ""));
    if (input.value.trim() && Number.isFinite(number))
      input.value = number.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  },
  true,
);

/** Watch over a form: the page's own, or one shown beside a list. */
export function begin(next) {
  form = next;
  leaving = false;
  settle(form);
  start = snapshot();
  form.addEventListener("input", state);
  form.addEventListener("change", state);
  form.addEventListener("rows", state);
  form.addEventListener("submit", (event) => {
    if (leaving) {
      event.preventDefault();
      return;
    }
    leaving = true;
    event.submitter?.classList.add("busy");
    for (const control of $$("[data-blank] [name]", next)) control.disabled = true;
  });
  form.addEventListener("keydown", (event) => {
    if (
      event.key === "Enter" &&
      !event.target.closest("[data-rows]") &&
      event.target.matches("input:not([type=checkbox], [type=radio], [type=file])")
    )
      event.preventDefault(); // Ctrl S saves; Enter must not by accident
  });
}

on("picked", "[data-prefill]", (event, root) => {
  if (form && event.detail) prefill(root).catch(() => {});
});
addEventListener("pageshow", () => {
  leaving = false;
  $$(".btn.busy").forEach((button) => button.classList.remove("busy"));
});
addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (
    !link ||
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    link.target ||
    link.hasAttribute("download") ||
    link.getAttribute("href").startsWith("#") ||
    !dirty()
  )
    return;
  event.preventDefault();
  leave(link.href);
});
addEventListener("rows:ready", () => {
  if (form) start = snapshot();
});

if ($("#form")) begin($("#form"));
const wrong = form && $("[aria-invalid=true]", form);
if (wrong) goTo(wrong.id || wrong.name);
else if (form && !location.hash && !$("dialog[open]")) $(".fields .ctl:not([readonly], [disabled])", form)?.focus();
