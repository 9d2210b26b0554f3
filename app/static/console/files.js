// Files: chosen names, dropping, upload with progress, deleting.
import { $, $$, failed, on, post, t, toast } from "ui/dom";
import { confirmed } from "ui/overlay";

const namesOf = (files) => [...files].map((file) => file.name).join("、");

on("change", ".file-btn input[type=file]", (event, input) => {
  const names = input.closest("label").parentElement.querySelector("[data-file-names]");
  if (names) names.textContent = input.files.length ? namesOf(input.files) : t("No file chosen");
});

/** Load the tab's part again. */
function again(box) {
  const part = box.closest("[data-part]");
  if (part) window.htmx.ajax("GET", part.dataset.part, part);
  else location.reload();
}

/** fetch tells no upload progress, so this is an XMLHttpRequest. */
function upload(box, files) {
  if (!files.length) return;
  const state = $("[data-drop-state]", box);
  const body = new FormData();
  for (const file of files) body.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", box.dataset.drop);
  request.setRequestHeader("X-CSRFToken", $("meta[name=csrf-token]").content);
  request.setRequestHeader("Accept", "application/json");
  request.upload.onprogress = (event) => {
    state.textContent = t("Uploading {n} of 100", { n: Math.round((100 * event.loaded) / event.total) });
  };
  request.onloadend = () => {
    state.textContent = "";
    if (request.status >= 200 && request.status < 300) {
      toast(t("{n} files uploaded", { n: files.length }));
      again(box);
      return;
    }
    let message = t("The upload failed.");
    try {
      message = JSON.parse(request.responseText).message ?? message;
    } catch {
      /* not JSON: the general sentence stands */
    }
    toast(message, { error: true });
  };
  request.send(body);
}

on("change", "[data-drop-input]", (event, input) => upload(input.closest("[data-drop]"), input.files));
for (const type of ["dragover", "dragleave", "drop"]) {
  on(type, "[data-drop], [data-drop-file]", (event, box) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    box.classList.toggle("over", type === "dragover");
    if (type !== "drop") return;
    if (box.dataset.drop) {
      upload(box, event.dataTransfer.files);
      return;
    }
    const input = $("input[type=file]", box);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

on("click", "[data-file-delete]", async (event, button) => {
  if (!(await confirmed(t("Delete {name}?", { name: button.dataset.name }), t("Delete file")))) return;
  post(button.dataset.fileDelete).then(() => again(button), failed);
});
