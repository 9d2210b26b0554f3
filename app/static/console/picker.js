// AJAX combobox. Answer of its address: {results: [{id, text, note}], more, new_url}; F2 gives the full list.
import { $, $$, debounce, el, get, icon, marked, named, on, t, withParams } from "ui/dom";
import { closePop, makeDialog, openPop, popOf, showDialog } from "ui/overlay";

let latest = 0;
const parts = (root) => ({
  text: $("input[role=combobox]", root),
  hidden: $("input[type=hidden]", root),
  many: root.hasAttribute("data-many"),
});

/** The picker's address with its text and the fields it depends on ({field, param}). */
function address(root, q, more = {}) {
  const depends = root.dataset.depends ? [JSON.parse(root.dataset.depends)].flat() : [];
  const extra = Object.fromEntries(
    depends.map((one) => [one.param, named(root.closest("form"), one.field)?.value ?? ""]),
  );
  return withParams(root.dataset.picker, { q, ...extra, ...more });
}

function token(root, item) {
  return el(
    "span.tok",
    {},
    item.text,
    el("input", { type: "hidden", name: root.dataset.name, value: item.id }),
    el("button", { type: "button", "data-untok": true, "aria-label": `${t("Remove")} ${item.text}` }, icon("x")),
  );
}

/** Take an item ({id, text}; null empties the picker) and tell the page. */
export function pick(root, item) {
  const { text, hidden, many } = parts(root);
  if (many) {
    if (item && !$$("input[type=hidden]", root).some((one) => one.value === String(item.id)))
      text.before(token(root, item));
    text.value = "";
  } else {
    hidden.value = item?.id ?? "";
    text.value = item?.text ?? "";
    text.title = text.value;
    root.dataset.shown = text.value;
  }
  closePop();
  (hidden ?? text).dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: item }));
  (hidden ?? text).dispatchEvent(new Event("change", { bubbles: true }));
}

function option(root, item, at, q) {
  return el(
    "div",
    {
      role: "option",
      id: `pick-${at}`,
      "aria-selected": at === 0 ? "true" : "false",
      onpointerdown: (event) => {
        event.preventDefault();
        pick(root, item);
      },
    },
    el("span.txt", {}, marked(item.text, [q])),
    item.note ? el("span.sub", {}, item.note) : null,
  );
}

async function show(root, q) {
  const { text } = parts(root);
  const mine = ++latest;
  let body;
  try {
    body = await get(address(root, q));
  } catch (error) {
    body = { results: [], message: error.message };
  }
  if (mine !== latest || document.activeElement !== text) return;
  const list = el(
    "div.lb",
    { role: "listbox", id: "pick-list" },
    body.results.map((item, at) => option(root, item, at, q)),
  );
  if (!body.results.length)
    list.append(el("p.pal-empty", {}, body.message ?? t("Nothing found for “{text}”.", { text: q })));
  const pop = el(
    "div.pop.pick",
    {},
    el(
      "div.lb-h",
      {},
      el("span", {}, t("Name, code or pinyin initials")),
      el(
        "span",
        {},
        body.more
          ? t("{n} shown, more exist", { n: body.results.length })
          : t("{n} found", { n: body.results.length }),
      ),
    ),
    list,
    el(
      "div.lb-f",
      {},
      el(
        "span.keys",
        {},
        el("kbd", {}, "↑↓"),
        t("Choose"),
        el("kbd", {}, "Enter"),
        t("Confirm"),
        el("kbd", {}, "F2"),
        t("Full list"),
      ),
      body.new_url ? el("a", { href: body.new_url, target: "_blank" }, t("Add new")) : null,
    ),
  );
  pop.results = body.results;
  openPop(pop, text, {
    width: Math.max(root.offsetWidth, 300),
    done: () => {
      pop.remove();
      text.removeAttribute("aria-activedescendant");
    },
  });
  text.setAttribute("aria-controls", "pick-list");
  if (body.results.length) text.setAttribute("aria-activedescendant", "pick-0");
}

const ask = debounce(120, show);

function step(pop, text, by) {
  const options = $$("[role=option]", pop);
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = options.at((at + by) % options.length);
  for (const one of options) one.setAttribute("aria-selected", String(one === next));
  next?.scrollIntoView({ block: "nearest" });
  if (next) text.setAttribute("aria-activedescendant", next.id);
}

/** The whole list, page by page, in a dialog. */
export async function fullList(root) {
  const { text } = parts(root);
  closePop();
  const state = { q: popOf(text) ? text.value : "", page: 1 };
  const list = el("div.lb.tall", { role: "listbox", tabindex: -1 });
  const search = el("input.ctl", {
    type: "search",
    placeholder: t("Name, code or pinyin initials"),
    "aria-label": t("Search"),
  });
  const info = el("span.cap", {});
  const turn = (by) => {
    state.page += by;
    load();
  };
  const before = el("button.btn", { type: "button", onclick: () => turn(-1) }, t("Previous page"));
  const after = el("button.btn", { type: "button", onclick: () => turn(1) }, t("Next page"));
  const dialog = makeDialog({
    title:
      text.getAttribute("aria-label") ||
      root.closest(".field")?.querySelector("label")?.textContent ||
      t("Full list"),
    wide: true,
    body: [el("div.wrap", {}, search, icon("search")), list],
    foot: [info, before, after],
  });
  async function load() {
    const body = await get(address(root, state.q, { page: state.page })).catch((error) => ({
      results: [],
      message: error.message,
    }));
    list.replaceChildren(
      ...body.results.map((item, at) => {
        const line = option(root, item, at, state.q);
        line.addEventListener("pointerdown", () => dialog.close(""));
        line.addEventListener("click", () => dialog.close(""));
        return line;
      }),
    );
    if (!body.results.length)
      list.append(el("p.pal-empty", {}, body.message ?? t("Nothing found for “{text}”.", { text: state.q })));
    list.results = body.results;
    info.textContent = t("Page {n}", { n: state.page });
    before.disabled = state.page <= 1;
    after.disabled = !body.more;
  }
  search.addEventListener(
    "input",
    debounce(120, () => {
      state.q = search.value;
      state.page = 1;
      load();
    }),
  );
  search.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      step(list, search, by);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const at = $$("[role=option]", list).findIndex((one) => one.getAttribute("aria-selected") === "true");
      if (at >= 0) {
        pick(root, list.results[at]);
        dialog.close("");
      }
    }
  });
  load();
  await showDialog(dialog);
  text.focus();
}

on("input", ".picker input[role=combobox]", (event, text) => {
  const root = text.closest(".picker");
  if (!text.value) {
    latest += 1;
    closePop();
    if (!root.hasAttribute("data-many")) pick(root, null);
    return;
  }
  ask(root, text.value);
});

on("keydown", ".picker input[role=combobox]", (event, text) => {
  if (text.readOnly || event.isComposing) return;
  const root = text.closest(".picker");
  const pop = popOf(text);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "F2") {
    event.preventDefault();
    fullList(root);
  } else if (by && pop) {
    event.preventDefault();
    step(pop, text, by);
  } else if (event.key === "ArrowDown" && (event.altKey || !pop) && !text.closest("td")) {
    event.preventDefault();
    show(root, text.value === root.dataset.shown ? "" : text.value);
  } else if (["Enter", "Tab"].includes(event.key) && pop) {
    const at = $$("[role=option]", pop).findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (at >= 0) {
      if (event.key === "Enter") event.preventDefault();
      pick(root, pop.results[at]);
    }
  } else if (event.key === "Backspace" && !text.value && root.hasAttribute("data-many"))
    text.previousElementSibling?.remove();
});

on("click", "[data-full-list]", (event, button) => {
  const control = named(button.form, button.dataset.fullList);
  if (control) fullList(control.closest(".picker"));
});

on("focusin", ".picker input[role=combobox]", (event, text) => {
  text.closest(".picker").dataset.shown ??= text.value;
  if (!text.readOnly) text.select();
});

// Text that names no record is put back when the field is left: what is shown is always what is stored.
on("focusout", ".picker input[role=combobox]", (event, text) => {
  const root = text.closest(".picker");
  const { many } = parts(root);
  latest += 1;
  if (popOf(text)) closePop();
  if (many) text.value = "";
  else if (text.value !== root.dataset.shown) text.value = root.dataset.shown ?? "";
});

on("click", "[data-untok]", (event, button) => {
  const root = button.closest(".picker");
  button.parentElement.remove();
  $("input[role=combobox]", root).dispatchEvent(new Event("change", { bubbles: true }));
});
on("click", ".picker .chips", (event, box) => {
  if (event.target === box) $("input[role=combobox]", box).focus();
});
on("change", "form", (event, form) => {
  for (const root of $$("[data-depends]", form)) {
    if (
      [JSON.parse(root.dataset.depends)].flat().some((one) => one.field === event.target.name) &&
      parts(root).hidden?.value
    )
      pick(root, null);
  }
});
