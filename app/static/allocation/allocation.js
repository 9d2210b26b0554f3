// Allocation: a user is chosen or dragged, the places of the chosen cases are filled, each case is saved for itself.
import { $, $$, data, el, failed, icon, on, post, toast } from "ui/dom";

const page = $("[data-allocation]");
const { users, certified, parts, places, back } = data("allocation-data");
const texts = data("allocation-texts");
const say = (msgid, values = {}) => (texts[msgid] ?? msgid).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const single = data("allocation-case");
const one = Boolean(single.id);
const cases = new Map((one ? [single] : data("allocation-rows")).map((row) => [row.id, row]));
for (const row of cases.values()) row.before = { ...row.people };
let user = null;

const rowOf = (row) => $(`tr[data-case="${row.id}"]`);
const chosen = () =>
  one ? [single] : $$("[data-choose]:checked").map((box) => cases.get(Number(box.value))).filter(Boolean);
const count = (items, key) => items.filter((row) => row.people[key]).length;

/** Why a user cannot stand in a place of a case; empty when he can. */
function refusal(row, place, key) {
  if (!key) return "";
  if (certified.includes(place) && !users[key].certified)
    return say("Only a user with an attorney certificate can sign as attorney");
  return parts.includes(place) && !row.people.handler ? say("Set the handler first") : "";
}

/** Put a user (null: nobody) into a place of some cases, and say so where he cannot stand there. */
function put(rows, place, key) {
  if (!rows.length) toast(say("Select cases first"), { error: true });
  for (const row of rows) {
    const why = refusal(row, place, key);
    if (why) {
      toast(why, { error: true });
      break;
    }
    row.people[place] = key;
    if (place === "handler" && !key) for (const part of parts) row.people[part] = null;
  }
  draw();
}

function drawPlaces(rows) {
  for (const slot of $$("[data-slot]")) {
    const place = slot.dataset.slot;
    const found = [...new Set(rows.map((row) => row.people[place] ?? null))];
    const who = $("[data-who]", slot);
    const set = found.length === 1 && found[0];
    const text = set ? users[found[0]]?.name ?? `#${found[0]}` : found.length > 1 ? say("Different") : say("Not set");
    who.replaceChildren(set ? text : el("span.none", {}, text));
    $("[data-clear]", slot).hidden = !found.some(Boolean);
    const why = !user ? say("Choose a user first") : !rows.length ? say("Select cases first")
      : rows.map((row) => refusal(row, place, user)).find(Boolean);
    const button = $("[data-set]", slot);
    button.disabled = Boolean(why);
    button.title = why || "";
  }
}

/** What saving will bring. */
function consequences(rows) {
  const ready = rows.filter((row) => row.people.handler);
  if (!ready.length) return [say("Nothing is changed yet")];
  const told = [say("{n} allocation tasks are completed", { n: ready.length })];
  const handlers = Map.groupBy(ready, (row) => row.people.handler);
  for (const [key, own] of handlers) told.push(say("{n} handling tasks for {name}", { n: own.length, name: users[key]?.name }));
  const drafting = ready.filter((row) => row.people.drafter && row.people.drafter !== row.people.handler).length;
  if (drafting) told.push(say("{n} drafting tasks", { n: drafting }));
  if (count(ready, "illustrator")) told.push(say("{n} illustration tasks", { n: count(ready, "illustrator") }));
  if (count(ready, "translator")) told.push(say("{n} translation tasks", { n: count(ready, "translator") }));
  for (const [key, own] of handlers) {
    const { name, cases: before, limit } = users[key];
    told.push(say("Load of {name}: {before} → {after} (capacity {limit})", { name, before, after: before + own.length, limit }));
  }
  return told;
}

function drawSelect(select, key) {
  if (select.options.length < 2)
    select.replaceChildren(el("option", { value: "" }), ...(key ? [el("option", { value: key }, users[key]?.name)] : []));
  else if (key && ![...select.options].some((option) => Number(option.value) === key))
    select.append(el("option", { value: key }, users[key]?.name));
  select.value = key ?? "";
}

/** All users into a row's box, when somebody opens it. */
function fill(select) {
  if (select.options.length > 2) return;
  const place = select.dataset.place;
  const able = Object.entries(users).filter(([, person]) => !certified.includes(place) || person.certified);
  const { value } = select;
  select.replaceChildren(
    el("option", { value: "" }),
    ...able.map(([key, person]) => el("option", { value: key }, `${person.name}　${person.cases}/${person.limit}`)),
  );
  select.value = value;
}

function drawBest(rows) {
  const box = $("[data-best-box]");
  if (!box) return;
  const best = rows[0]?.best ?? [];
  box.hidden = !best.length;
  $("[data-best]", box).replaceChildren(
    ...best.map((b) =>
      el("li", {}, el("button.btn.link", { type: "button", "data-take": b.user }, `${b.name} ${b.score}`), el("p.cap", {}, b.why)),
    ),
  );
}

function draw() {
  const rows = chosen();
  for (const row of cases.values()) {
    const line = rowOf(row);
    if (!line) continue;
    line.setAttribute("aria-selected", String(rows.includes(row)));
    for (const select of $$("[data-place]", line)) drawSelect(select, row.people[select.dataset.place]);
  }
  for (const node of $$("[data-user]")) node.setAttribute("aria-selected", String(Number(node.dataset.user) === user));
  drawPlaces(rows);
  drawBest(rows);
  const told = consequences(rows);
  $("[data-after]").replaceChildren(...(one ? [told.join("　")] : told.map((line) => el("li", {}, line))));
  const ready = rows.length > 0 && rows.every((row) => row.people.handler);
  const keep = $("[data-keep]");
  if (keep) {
    keep.disabled = !ready;
    keep.title = ready ? "" : rows.length ? say("Set the handler first") : say("Select cases first");
    if (!one) keep.textContent = rows.length ? say("Save {n} cases", { n: rows.length }) : say("Save");
  }
  const title = $("[data-chosen]");
  if (title && rows.length) title.textContent = say("For the {n} chosen cases", { n: rows.length });
  const adopt = $("[data-adopt]");
  if (adopt) adopt.disabled = !rows.some((row) => row.best.length);
  const every = $("[data-every]");
  if (every) {
    every.checked = rows.length > 0 && rows.length === cases.size;
    every.indeterminate = rows.length > 0 && rows.length < cases.size;
  }
}

function drawLoads(loads) {
  for (const [key, now] of Object.entries(loads)) {
    if (!users[key]) continue;
    users[key].cases = now.cases;
    const node = $(`.person[data-user="${key}"]`);
    if (!node) continue;
    const share = (100 * now.cases) / users[key].limit;
    const bar = $(".load > i", node);
    bar.className = share > 100 ? "over" : share > 80 ? "high" : "";
    bar.style.width = `${Math.min(share, 100)}%`;
    $("[data-load] .cap", node).textContent = `${now.cases}/${users[key].limit}`;
    $("[data-tasks]", node).textContent = now.tasks;
  }
}

async function keep(button) {
  button.classList.add("busy");
  try {
    if (one) {
      const told = await post(page.dataset.url + location.search, { people: single.people, version: single.version });
      location.assign(told.url || back);
      return;
    }
    const rows = chosen();
    const told = await post(page.dataset.url, { rows: rows.map(({ id, version, people }) => ({ id, version, people })) });
    for (const result of told.results) settle(result);
    drawLoads(told.loads);
    toast(told.message, { error: !told.ok && !told.done });
    draw();
  } catch (error) {
    failed(error);
  } finally {
    button.classList.remove("busy");
  }
}

/** A saved case leaves the list; one that could not be saved says why below its row, and cannot be chosen again if taken. */
function settle(result) {
  const line = rowOf(result);
  $(`tr[data-told="${result.id}"]`)?.remove();
  if (result.ok) {
    cases.delete(result.id);
    line.remove();
    return;
  }
  line.after(
    el("tr", { "data-told": result.id }, el("td.told", { colspan: line.cells.length }, icon("circle-alert"), result.message)),
  );
  $("[data-choose]", line).checked = false;
  if (result.code === "conflict") {
    cases.delete(result.id);
    for (const control of $$("input, select, button", line)) control.disabled = true;
  }
}

/** Show only the users that fit what is typed and the chosen department. */
function filter() {
  const typed = $("[data-find]")?.value.trim().toLowerCase() ?? "";
  const within = $("#departments [aria-current]");
  const wanted = within?.dataset.id
    ? new Set([within.dataset.id, ...$$("[data-id]", within.parentElement).map((node) => node.dataset.id)])
    : null;
  for (const node of $$("[data-user]", $("#users"))) {
    const named = node.textContent.toLowerCase().includes(typed) || (node.dataset.pinyin ?? "").startsWith(typed);
    node.hidden = !named || (wanted !== null && !wanted.has(node.dataset.in));
  }
  for (const group of $$("[data-group]")) group.hidden = !$("[data-user]:not([hidden])", group);
}

function select(node) {
  user = Number(node.dataset.user);
  const why = $("[data-why]");
  if (why) why.title = why.textContent = node.title ? `${users[user].name}：${node.title}` : users[user].name;
  draw();
}

on("click", "#users [data-user]", (event, node) => select(node));
on("keydown", "#users tr[data-user]", (event, node) => {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    select(node);
  }
});
on("click", "[data-set]", (event, button) => put(chosen(), button.dataset.set, user));
on("click", "[data-clear]", (event, button) => put(chosen(), button.dataset.clear, null));
on("click", "[data-take]", (event, button) => put(chosen(), "handler", Number(button.dataset.take)));
on("click", "[data-suggest]", (event, button) => {
  const line = button.closest("tr");
  $("[data-choose]", line).checked = true;
  put([cases.get(Number(line.dataset.case))], "handler", Number(button.dataset.suggest));
});
on("click", "[data-adopt]", () => {
  for (const row of chosen()) if (row.best.length) row.people.handler = row.best[0].user;
  draw();
});
on("click", "[data-keep]", (event, button) => keep(button));
on("change", "[data-choose]", draw);
on("change", "[data-every]", (event, box) => {
  for (const own of $$("[data-choose]:not(:disabled)")) own.checked = box.checked;
  draw();
});
for (const type of ["pointerdown", "focusin"]) on(type, "select[data-place]", (event, box) => fill(box));
on("change", "select[data-place]", (event, box) => {
  const line = box.closest("tr");
  $("[data-choose]", line).checked = true;
  put([cases.get(Number(line.dataset.case))], box.dataset.place, box.value ? Number(box.value) : null);
});
on("input", "[data-find]", filter);
on("click", "#departments .tnode", (event, node) => {
  event.preventDefault();
  for (const other of $$("#departments .tnode")) other.removeAttribute("aria-current");
  node.setAttribute("aria-current", "true");
  filter();
});

/* A user is dragged to a place, or onto a case to handle it. */
on("dragstart", "#users [data-user]", (event, node) => {
  event.dataTransfer.setData("text/plain", node.dataset.user);
  event.dataTransfer.effectAllowed = "copy";
  select(node);
});
const target = (event) => event.target instanceof Element && event.target.closest("[data-slot], tr[data-case]");
document.addEventListener("dragover", (event) => {
  const place = target(event);
  for (const marked of $$(".drop-here")) if (marked !== place) marked.classList.remove("drop-here");
  if (!place || !user) return;
  event.preventDefault();
  place.classList.add("drop-here");
});
document.addEventListener("drop", (event) => {
  const place = target(event);
  for (const marked of $$(".drop-here")) marked.classList.remove("drop-here");
  if (!place || !user) return;
  event.preventDefault();
  if (place.dataset.slot) put(chosen(), place.dataset.slot, user);
  else if (cases.has(Number(place.dataset.case))) {
    $("[data-choose]", place).checked = true;
    put([cases.get(Number(place.dataset.case))], "handler", user);
  }
});
addEventListener("dragend", () => {
  for (const marked of $$(".drop-here")) marked.classList.remove("drop-here");
});
if (page) draw();
