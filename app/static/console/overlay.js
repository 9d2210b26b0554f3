// Dialogs, popovers and menus: one popover at a time, Esc and a click outside close it, focus returns.
import { $, $$, el, on, t } from "ui/dom";

let open = null; // {pop, anchor, back}

/** Put a popover below (or above) its anchor, inside the window. */
export function place(pop, anchor, { width = null, side = false } = {}) {
  const box = anchor.getBoundingClientRect();
  if (width) pop.style.minWidth = `${width}px`;
  const size = pop.getBoundingClientRect();
  const below = box.bottom + 4 + size.height <= innerHeight || box.top < size.height;
  const left = side ? box.right + 6 : box.left + size.width > innerWidth - 8 ? box.right - size.width : box.left;
  const top = side ? box.top : below ? box.bottom + 4 : box.top - size.height - 4;
  pop.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  pop.style.top = `${Math.max(8, Math.min(top, innerHeight - Math.min(size.height, innerHeight - 16) - 8))}px`;
}

export function closePop(returnFocus = false) {
  if (!open) return;
  const { pop, anchor, done } = open;
  open = null;
  if (pop.isConnected && pop.matches(":popover-open")) pop.hidePopover();
  if (anchor.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", "false");
  if (returnFocus) anchor.focus();
  done?.();
}

/** Show a popover element at its anchor. */
export function openPop(pop, anchor, options = {}) {
  const again = open?.pop === pop;
  closePop();
  if (again && options.toggle) return false;
  pop.setAttribute("popover", "manual");
  if (!pop.isConnected) (anchor.closest("dialog") || document.body).append(pop);
  pop.showPopover();
  place(pop, anchor, options);
  if (anchor.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", "true");
  open = { pop, anchor, done: options.done };
  return true;
}

export const popOf = (anchor) => (open?.anchor === anchor ? open.pop : null);

document.addEventListener("pointerdown", (event) => {
  if (open && !open.pop.contains(event.target) && !open.anchor.contains(event.target)) closePop();
});
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      closePop(true);
    }
  },
  true,
);
addEventListener("resize", () => closePop());
document.addEventListener(
  "scroll",
  (event) => {
    if (open && !open.pop.contains(event.target) && event.target.contains?.(open.anchor))
      place(open.pop, open.anchor);
  },
  true,
);

on("click", "[data-menu]", (event, button) => {
  const pop = $(`#${button.dataset.menu}`);
  if (openPop(pop, button, { toggle: true })) $("a,button,input", pop)?.focus();
});
on("click", "[data-fly]", (event, button) =>
  openPop($(`#${button.dataset.fly}`), button, { side: true, toggle: true }),
);
on("keydown", ".menu", (event, menu) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = $$("a,button:not(:disabled)", menu);
  items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
});
on("click", ".menu a, .menu button", () => closePop());

/** A context menu at the pointer: items [{label, icon, href | act, off}]. */
export function contextMenu(event, items) {
  const anchor = el("span", { style: `position:fixed;left:${event.clientX}px;top:${event.clientY - 4}px` });
  const menu = el(
    "div.pop.menu",
    { role: "menu" },
    items.map((item) =>
      item.href
        ? el("a", { href: item.href, role: "menuitem" }, item.label)
        : el("button", { type: "button", role: "menuitem", disabled: item.off, onclick: item.act }, item.label),
    ),
  );
  document.body.append(anchor);
  openPop(menu, anchor, {
    done: () => {
      menu.remove();
      anchor.remove();
    },
  });
  $("a,button", menu)?.focus();
}

/** Show a <dialog>; resolves with its form's values when the verb is pressed, null when left. */
export function showDialog(dialog) {
  closePop();
  const back = document.activeElement;
  dialog.returnValue = "";
  dialog.showModal();
  $(
    "[autofocus], .dlg-b input:not([type=hidden]):not([type=radio]), .dlg-b select, .dlg-b textarea, .dlg-f .primary",
    dialog,
  )?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        back?.focus?.();
        resolve(dialog.returnValue === "ok" ? dialog : null);
      },
      { once: true },
    );
  });
}

/** Build a dialog: title is a sentence, verb the deed; `check` may refuse and keep it open, and so does a `send` that
 * answers false. `careful`: the way back has the focus. */
export function makeDialog({
  title,
  text = "",
  body = [],
  verb = null,
  wide = false,
  check = null,
  send = null,
  careful = false,
  foot = [],
}) {
  const form = el(
    "form",
    { method: "dialog", novalidate: true },
    el("div.dlg-h", {}, el("div", {}, el("h2", {}, title), text ? el("p.pre", {}, text) : null)),
    el("div.dlg-b", {}, body),
    el(
      "div.dlg-f",
      {},
      ...foot,
      el(
        "span.end",
        {},
        el("button.btn", { type: "button", "data-close": true, autofocus: careful }, verb ? t("Cancel") : t("Close")),
        verb ? el("button.btn.primary", { value: "ok" }, verb) : null,
      ),
    ),
  );
  const dialog = el(`dialog${wide ? ".wide" : ""}`, { "aria-label": title }, form);
  let sending = false;
  form.addEventListener("submit", async (event) => {
    const fits = !check || check(form);
    if (send || !fits) event.preventDefault();
    if (!send || !fits || sending) return;
    sending = true;
    event.submitter?.classList.add("busy");
    const done = await send(form);
    sending = false;
    event.submitter?.classList.remove("busy");
    if (done) dialog.close("ok");
  });
  dialog.addEventListener("close", () => setTimeout(() => dialog.remove()));
  document.body.append(dialog);
  return dialog;
}

export async function confirmed(title, verb, text = "", { careful = false } = {}) {
  return Boolean(await showDialog(makeDialog({ title, text, verb, careful })));
}

on("click", "[data-close]", (event, button) => button.closest("dialog").close(""));
document.addEventListener("click", (event) => {
  if (event.target.nodeName === "DIALOG" && event.target.classList.contains("palette")) event.target.close("");
});
