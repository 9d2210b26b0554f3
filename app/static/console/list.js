// The list table: selection, keyboard, opening, row menu, pager inputs, overflow of saved views.
import { $, $$, el, failed, icon, on, post, t, toast, visit, withParams } from "ui/dom";
import { chosen, countOf } from "ui/actions";
import { closePop, confirmed, contextMenu, openPop } from "ui/overlay";

const rows = () => $$("#rows tbody tr[data-id]");
const boxOf = (row) => $(".row-check", row);
let last = null; // the row from which a Shift selection extends

/** Bring bar, buttons and row marks in line with the ticked boxes. */
export function update() {
  const table = $("#rows");
  const bar = $("#selbar");
  if (!table || !bar) return;
  const all = rows();
  for (const row of all) row.setAttribute("aria-selected", String(Boolean(boxOf(row)?.checked)));
  const count = countOf(chosen());
  const head = $("[data-all]", table);
  const picked = all.filter((row) => boxOf(row)?.checked);
  if (head) {
    head.checked = picked.length > 0 && picked.length === all.length;
    head.indeterminate = picked.length > 0 && picked.length < all.length;
  }
  bar.hidden = count === 0;
  $("[data-n]", bar).textContent = t("{n} selected", { n: count.toLocaleString("en") });
  const everything = $("[data-select-all]", bar);
  if (everything) everything.hidden = Boolean(table.dataset.all);
  $(".table-box").style.paddingBottom = count ? "var(--sel-h)" : "";
  const steps = new Set(picked.flatMap((row) => (row.dataset.steps ?? "").split(" ")));
  for (const button of $$("[data-action]:not([data-fixed])", $("#list-body"))) {
    const need = button.dataset.needs;
    if (need === "none" || need === "any") continue;
    const few = need === "one" ? count !== 1 : count === 0;
    const shut = button.hasAttribute("data-step") && !table.dataset.all && !steps.has(button.dataset.name);
    button.disabled = few || shut;
    if (few) button.title = need === "one" ? t("Select one record first") : t("Select records first");
    else button.title = shut ? t("Not possible for what is selected") : "";
  }
}

function tick(row, checked) {
  const box = row && boxOf(row);
  if (!box) return;
  box.checked = checked;
  delete $("#rows").dataset.all;
}

export function clearSelection() {
  for (const row of rows()) tick(row, false);
  update();
}

function extend(row) {
  const all = rows();
  const [from, to] = [all.indexOf(last ?? row), all.indexOf(row)].sort((a, b) => a - b);
  for (const one of all.slice(Math.max(from, 0), to + 1)) tick(one, true);
  update();
}

const open = (row, tab) => {
  if (row?.dataset.url) {
    if (tab) window.open(row.dataset.url, "_blank");
    else location.assign(row.dataset.url);
  }
};

on("change", ".row-check", (event, box) => {
  const row = box.closest("tr");
  delete $("#rows").dataset.all;
  last = row;
  update();
});
on("click", ".row-check", (event, box) => {
  if (event.shiftKey && last) extend(box.closest("tr"));
});
on("change", "[data-all]", (event, head) => {
  for (const row of rows()) tick(row, head.checked);
  update();
});
on("click", "[data-select-all]", () => {
  for (const row of rows()) tick(row, true);
  $("#rows").dataset.all = "1";
  update();
});
on("click", "[data-clear]", clearSelection);
on("click", "#rows tbody tr[data-id]", (event, row) => {
  if (event.target.closest("a,button,input,select,label,.editable,.editing") || String(getSelection()).length) return;
  if (event.shiftKey) extend(row);
  else {
    tick(row, !boxOf(row)?.checked);
    last = row;
    update();
  }
  row.focus({ preventScroll: true });
});
on("mousedown", "#rows tbody tr[data-id]", (event) => {
  if (event.shiftKey || event.detail > 1) event.preventDefault();
});
on("dblclick", "#rows tbody tr[data-id]", (event, row) => {
  if (!event.target.closest("a,button,input,select,.editing")) open(row, event.ctrlKey);
});
on("dblclick", ".related tr[data-url]", (event, row) => {
  if (!event.target.closest("a,button,input")) open(row, event.ctrlKey);
});
on("contextmenu", "#rows tbody tr[data-id]", (event, row) => {
  if (event.target.closest("a.id, input") || String(getSelection()).length) return;
  event.preventDefault();
  if (!boxOf(row)?.checked) {
    clearSelection();
    tick(row, true);
    update();
  }
  const links = $$(".c-icons a, .c-act a", row).map((link) => ({ label: link.title, href: link.href }));
  const acts = $$(".toolbar [data-action]")
    .filter((button) => button.dataset.needs !== "none")
    .map((button) => ({ label: button.textContent.trim(), off: button.disabled, act: () => button.click() }));
  const items = [{ label: t("Open"), href: row.dataset.url }, ...links, ...acts];
  contextMenu(
    event,
    items.filter((item, at) => items.findIndex((other) => other.label === item.label) === at),
  );
});

function move(event, row) {
  const all = rows();
  const at = all.indexOf(row);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  const next = all[Math.max(0, Math.min(target, all.length - 1))];
  if (event.shiftKey && row) {
    last ??= row;
    tick(row, true);
    tick(next, true);
    update();
  } else last = next;
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const pagerLink = (rel) => $(`.pager a[rel=${rel}]`);

document.addEventListener("keydown", (event) => {
  const table = $("#rows");
  const row = event.target.closest?.("#rows tbody tr[data-id]");
  if (
    !table ||
    event.defaultPrevented ||
    $("dialog[open]") ||
    (event.target !== document.body && !event.target.closest("#list-body"))
  )
    return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.nodeName) && !event.target.matches(".row-check")) return;
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key;
  let done = true;
  if (["ArrowDown", "ArrowUp", "Home", "End"].includes(key) && !ctrl && !event.altKey) move(event, row);
  else if (key === "PageDown" && pagerLink("next")) pagerLink("next").click();
  else if (key === "PageUp" && pagerLink("prev")) pagerLink("prev").click();
  else if (key === "Escape" && countOf(chosen())) clearSelection();
  else if (ctrl && key.toLowerCase() === "a") {
    for (const one of rows()) tick(one, true);
    update();
  } else if (row && key === " ") {
    tick(row, !boxOf(row)?.checked);
    last = row;
    update();
  } else if (row && key === "Enter" && event.target === row) open(row, ctrl);
  else if (row && !ctrl && !event.altKey && /^[eo]$/i.test(key) && localStorage.getItem("letter-keys") !== "off")
    $(`[data-key="${key.toLowerCase()}"]`, row)?.click();
  else done = false;
  if (done) event.preventDefault();
});

on("keydown", "[data-jump]", (event, input) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const most = input.dataset.param === "page" ? Number(input.dataset.pages) || Infinity : 1000;
  const number = Math.min(Math.max(parseInt(input.value.replace(/\D/g, ""), 10) || 1, 1), most);
  const url = withParams(input.dataset.jump, { [input.dataset.param]: number });
  const target = input.closest("[data-pager]").dataset.pager;
  if (target === "#list-body") visit(url);
  else window.htmx.ajax("GET", url, target === "part" ? input.closest("[data-part]") : target);
});

on("contextmenu", "[data-view]", (event, tab) => {
  event.preventDefault();
  const url = `${$("#save-view form").dataset.url}/${tab.dataset.view}/delete`;
  contextMenu(event, [
    {
      label: t("Delete view"),
      act: async () => {
        const name = tab.firstChild.textContent;
        if (!(await confirmed(t("Delete the view “{name}”?", { name }), t("Delete view")))) return;
        post(url).then(() => {
          toast(t("View deleted"));
          tab.remove();
        }, failed);
      },
    },
  ]);
});

document.addEventListener(
  "scroll",
  (event) => {
    if (event.target.classList?.contains("table-box"))
      event.target.classList.toggle("scrolled", event.target.scrollLeft > 0);
  },
  { capture: true, passive: true },
);

/** Tabs that do not fit move under “More”. */
function foldTabs() {
  for (const bar of $$(".head .tabs")) {
    bar.nextElementSibling?.matches(".more-tabs") && bar.nextElementSibling.remove();
    if (innerWidth < 640 || bar.scrollWidth <= bar.clientWidth + 1) continue;
    const edge = bar.getBoundingClientRect().right;
    const hidden = $$(".tab", bar).filter((tab) => tab.getBoundingClientRect().right > edge + 1);
    const more = el(
      "button.btn.text.more-tabs",
      { type: "button", "aria-haspopup": "menu" },
      t("More"),
      icon("chevron-down"),
    );
    more.addEventListener("click", () => {
      const menu = el(
        "div.pop.menu",
        { role: "menu" },
        hidden.map((tab) => el("a", { href: tab.href, role: "menuitem" }, tab.textContent.trim())),
      );
      openPop(menu, more, { toggle: true, done: () => menu.remove() });
    });
    bar.after(more);
  }
}
addEventListener("resize", foldTabs);
document.fonts?.ready.then(foldTabs);

const heads = () => $$("#rows thead th");
const conditionsOf = (url) =>
  [...new URL(url, location.href).searchParams].filter(([name]) => !["page", "size", "sort"].includes(name)).join("&");
let asked = conditionsOf(location.href); // what the rows on the screen answer
let before = []; // their columns, as wide as they were

document.addEventListener("htmx:beforeSwap", () => {
  before = heads().map((head) => [head.dataset.col, head.getBoundingClientRect().width]);
});

/** Turning a page or changing the order moves no column. */
function keepWidths(url) {
  const [same, now] = [asked, heads()];
  asked = conditionsOf(url);
  if (same !== asked || !now.length || String(before.map(([name]) => name)) !== String(now.map((head) => head.dataset.col))) return;
  now.forEach((head, at) => { head.style.width = `${before[at][1]}px`; });
  $(".table-box").classList.add("still"); // htmx takes back what is set on an element with an id
}

/** After a partial update: fresh state, focus stays near the table. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (!$("#list-body")?.contains(event.target)) return;
  keepWidths(event.detail.xhr.responseURL);
  closePop();
  last = null;
  update();
  if (document.activeElement === document.body) $("#rows tbody tr")?.focus({ preventScroll: true });
});
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, () => toast(t("The page part could not be loaded. Try again."), { error: true }));
}
update();
