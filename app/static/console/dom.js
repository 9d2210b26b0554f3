// Small helpers every module uses: elements, texts, requests, toasts.
const island = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");
const texts = island("i18n");

export const data = island;
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The text in the user's language; {name} is replaced. */
export function t(msgid, values = {}) {
  return (texts[msgid] ?? msgid).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** An element: el("a.btn", {href: "#", onclick: fn}, child, "text"). */
export function el(what, attrs = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** The control of this name. form.elements would also match ids, and pickers show their text under the id. */
export const named = (form, name) => form && $(`[name="${CSS.escape(name)}"]`, form);

export function icon(name) {
  const href = $("svg.i use")?.getAttribute("href").split("#")[0] ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${href}#i-${name}`);
  svg.append(use);
  return svg;
}

/** Delegated listener: on("click", "[data-x]", (event, element) => …). */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const found = event.target instanceof Element && event.target.closest(selector);
      if (found) handler(event, found);
    },
    options,
  );
}

export function debounce(ms, work) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), ms);
  };
}

/** Text with the given words marked wherever they occur. */
export function marked(text, words = []) {
  const wanted = words.filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!wanted.length) return [text];
  return text
    .split(new RegExp(`(${wanted.join("|")})`, "i"))
    .map((part, at) => (at % 2 ? el("mark", {}, part) : part));
}

export class HttpError extends Error {
  constructor(status, body) {
    super(body?.message || t("The server answered with an error ({status}).", { status }));
    this.status = status;
    this.body = body;
  }
}

async function answer(response) {
  const type = response.headers.get("Content-Type") || "";
  const body = type.includes("json") ? await response.json() : { text: await response.text() };
  if (!response.ok) throw new HttpError(response.status, body);
  return { status: response.status, ...body };
}

export async function get(url, options = {}) {
  return answer(await fetch(url, { headers: { Accept: "application/json" }, ...options }));
}

export async function post(url, payload, options = {}) {
  const form = payload instanceof FormData;
  const headers = { Accept: "application/json", "X-CSRFToken": $("meta[name=csrf-token]")?.content || "" };
  if (!form) headers["Content-Type"] = "application/json";
  const body = form ? payload : JSON.stringify(payload ?? {});
  return answer(await fetch(url, { method: "POST", headers, body, ...options }));
}

/** Add parameters to an address. */
export function withParams(url, params) {
  const full = new URL(url, location.href);
  for (const [key, value] of Object.entries(params)) full.searchParams.set(key, value);
  return full.pathname + full.search;
}

/** Load into the list body and push the address, or go there when the page has none. */
export function visit(url) {
  if (!$("#list-body") || !window.htmx) {
    location.assign(url);
    return;
  }
  window.htmx.ajax("GET", url, "#list-body");
  history.pushState({ htmx: true }, "", url);
}

/** A short message at the bottom right. Errors, and what offers an action, stay until closed. */
export function toast(message, { error = false, label = null, act = null } = {}) {
  const box = $("#toasts");
  const close = () => {
    node.remove();
    if (!box.children.length) box.hidePopover?.();
  };
  const node = el(
    `div.toast${error ? ".error" : ""}`,
    { role: error ? "alert" : null },
    icon(error ? "circle-alert" : "circle-check"),
    el("span", {}, message),
    label
      ? el(
          "button.btn.link",
          {
            type: "button",
            onclick: () => {
              close();
              act();
            },
          },
          label,
        )
      : null,
    el("button.icon-btn.small", { type: "button", "aria-label": t("Close"), onclick: close }, icon("x")),
  );
  box.append(node);
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover?.();
  if (!error && !label) setTimeout(close, 4000);
}

export const failed = (error) => toast(error.message, { error: true });
